CREATE TABLE `response_items` (
	`key_id` text NOT NULL,
	`item_id` text NOT NULL,
	`response_id` text NOT NULL,
	PRIMARY KEY(`key_id`, `item_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `response_items_response` ON `response_items` (`response_id`);--> statement-breakpoint
CREATE TABLE `responses` (
	`id` text PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`previous_id` text,
	`alive_until` integer,
	`body` blob NOT NULL
);
--> statement-breakpoint
CREATE INDEX `responses_created` ON `responses` (`created_at`);