CREATE TABLE `counters` (
	`key_id` text PRIMARY KEY NOT NULL,
	`spent_nano` integer NOT NULL,
	`requests` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `generation_batches` (
	`number` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`bucket` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	`count` integer NOT NULL,
	`entries` blob NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `generation_batches_id` ON `generation_batches` (`id`);--> statement-breakpoint
CREATE INDEX `generation_batches_bucket` ON `generation_batches` (`bucket`);--> statement-breakpoint
CREATE TABLE `generation_ids` (
	`bucket` integer PRIMARY KEY NOT NULL,
	`hashes` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`label` text NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer,
	`expires_at` integer,
	`disabled` integer DEFAULT false NOT NULL,
	`limit_nano` integer,
	`limit_reset` text DEFAULT 'never' NOT NULL,
	`strict` integer DEFAULT false NOT NULL,
	`created_by` text,
	`deleted_at` integer
);
--> statement-breakpoint
CREATE TABLE `plugin_kv` (
	`plugin` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`plugin`, `key`)
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `usage_rollups` (
	`day` integer NOT NULL,
	`key_id` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`requests` integer NOT NULL,
	`failed` integer NOT NULL,
	`cancelled` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cache_read_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`cost_nano` integer NOT NULL,
	PRIMARY KEY(`day`, `key_id`, `model`, `provider`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `usage_rollups_key_day` ON `usage_rollups` (`key_id`,`day`);