CREATE TABLE `plugin_rows` (
	`plugin` text NOT NULL,
	`key` text NOT NULL,
	`owner` text,
	`topic` text,
	`expires_at` integer NOT NULL,
	`bytes` integer NOT NULL,
	`cluster` text,
	`vector` blob,
	`value` blob NOT NULL,
	PRIMARY KEY(`plugin`, `key`)
);
--> statement-breakpoint
CREATE INDEX `plugin_rows_expires` ON `plugin_rows` (`plugin`,`expires_at`,`bytes`);--> statement-breakpoint
CREATE INDEX `plugin_rows_cluster` ON `plugin_rows` (`plugin`,`cluster`);