CREATE TABLE `feedback` (
	`generation_id` text PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`data` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `feedback_at` ON `feedback` (`at`);
