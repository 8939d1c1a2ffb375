CREATE TABLE `counters` (
	`key_id` text NOT NULL,
	`kind` text NOT NULL,
	`starts_at` integer NOT NULL,
	`spent_nano` integer NOT NULL,
	`requests` integer NOT NULL,
	PRIMARY KEY(`key_id`, `kind`, `starts_at`)
);
--> statement-breakpoint
CREATE INDEX `counters_window` ON `counters` (`kind`,`starts_at`);--> statement-breakpoint
CREATE TABLE `generations` (
	`entry` text PRIMARY KEY NOT NULL,
	`bucket` integer NOT NULL,
	`id` text NOT NULL,
	`request_id` text NOT NULL,
	`upstream_id` text,
	`key_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`settled_at` integer NOT NULL,
	`requested_model` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`upstream_model` text NOT NULL,
	`api` text NOT NULL,
	`face` text NOT NULL,
	`streamed` integer NOT NULL,
	`cancelled` integer NOT NULL,
	`status` integer NOT NULL,
	`error_code` text,
	`finish_reason` text,
	`native_finish_reason` text,
	`input_fresh` integer NOT NULL,
	`input_cache_read` integer NOT NULL,
	`input_cache_write` integer NOT NULL,
	`input_cache_write_1h` integer NOT NULL,
	`input_audio` integer NOT NULL,
	`input_image` integer NOT NULL,
	`output_text` integer NOT NULL,
	`output_reasoning` integer NOT NULL,
	`output_audio` integer NOT NULL,
	`output_image` integer NOT NULL,
	`usage_counters` text,
	`usage_estimated` integer,
	`reported_cost_usd` real,
	`cost_nano` integer NOT NULL,
	`price_source` text NOT NULL,
	`price` text,
	`duration_ms` real NOT NULL,
	`first_part_ms` real,
	`attempts` text NOT NULL,
	`losses` text NOT NULL,
	`user` text,
	`session_id` text,
	`origin` text,
	`origin_title` text,
	`user_agent` text,
	`labels` text
);
--> statement-breakpoint
CREATE INDEX `generations_id` ON `generations` (`bucket`,`id`);--> statement-breakpoint
CREATE INDEX `generations_request_id` ON `generations` (`bucket`,`request_id`);--> statement-breakpoint
CREATE INDEX `generations_upstream_id` ON `generations` (`bucket`,`upstream_id`) WHERE upstream_id <> id;--> statement-breakpoint
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
);
--> statement-breakpoint
CREATE INDEX `usage_rollups_key_day` ON `usage_rollups` (`key_id`,`day`);