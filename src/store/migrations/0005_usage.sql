CREATE TABLE `usage_columns` (
	`span` text NOT NULL,
	`start` integer NOT NULL,
	`name` text NOT NULL,
	`data` blob NOT NULL,
	PRIMARY KEY(`span`, `start`, `name`)
);
--> statement-breakpoint
CREATE TABLE `usage_compactions` (
	`number` integer PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `usage_deltas` (
	`number` integer PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`rows` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `usage_series` (
	`id` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `usage_series_text` ON `usage_series` (`text`);--> statement-breakpoint
CREATE TABLE `usage_values` (
	`id` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `usage_values_text` ON `usage_values` (`text`);--> statement-breakpoint
CREATE TABLE `usage_words` (
	`key` text NOT NULL,
	`field` text NOT NULL,
	`text` text NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`key`, `field`, `text`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `usage_words_since` ON `usage_words` (`since`,`key`,`field`);--> statement-breakpoint
INSERT INTO `usage_deltas` (`count`, `rows`) SELECT sum(`requests`), json_group_array(json_array(`day`, `key_id` || `five` || `model` || `one` || `model` || `one` || `provider` || `one` || 'chat-completions' || `three`, json_array(`requests`, `failed`, `cancelled`, `input_tokens`, `cache_read_tokens`, `cache_write_tokens`, `output_tokens`, `reasoning_tokens`, `cost_nano`, 0, 0, 0, 0, 0, 0, 0, 0, 0), json_array())) FROM `usage_rollups`, (SELECT char(127) AS `one`, char(127, 127, 127) AS `three`, char(127, 127, 127, 127, 127) AS `five`) GROUP BY `day` ORDER BY `day`;--> statement-breakpoint
DROP TABLE `usage_rollups`;
