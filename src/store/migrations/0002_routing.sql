CREATE TABLE `declarations` (
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`body` text,
	`created_at` integer NOT NULL,
	`created_by` text,
	PRIMARY KEY(`kind`, `name`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `documents` (
	`name` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`etag` text,
	`fetched_at` integer NOT NULL,
	`checked_at` integer NOT NULL,
	`body` blob NOT NULL
);
--> statement-breakpoint
ALTER TABLE `keys` ADD `routing` text;