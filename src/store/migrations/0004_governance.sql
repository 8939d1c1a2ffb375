CREATE TABLE `alert_deliveries` (
	`firing_id` text NOT NULL,
	`destination_id` text NOT NULL,
	`tries` integer NOT NULL,
	`claimed_by` text NOT NULL,
	`claimed_until` integer NOT NULL,
	`delivered_at` integer,
	`failed_at` integer,
	`status` integer,
	`error` text,
	PRIMARY KEY(`firing_id`, `destination_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `alert_deliveries_destination` ON `alert_deliveries` (`destination_id`);--> statement-breakpoint
CREATE TABLE `alert_firings` (
	`alert` text NOT NULL,
	`account` text NOT NULL,
	`threshold` text NOT NULL,
	`window_start` integer NOT NULL,
	`amount_nano` integer NOT NULL,
	`id` text NOT NULL,
	`fired_at` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`alert`, `account`, `threshold`, `window_start`, `amount_nano`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_firings_id` ON `alert_firings` (`id`);--> statement-breakpoint
CREATE INDEX `alert_firings_fired` ON `alert_firings` (`fired_at`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`actor_key` text,
	`actor_name` text NOT NULL,
	`actor_member` text,
	`address` text,
	`user_agent` text,
	`request_id` text,
	`action` text NOT NULL,
	`kind` text NOT NULL,
	`object_id` text NOT NULL,
	`before` text,
	`after` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_log_id` ON `audit_log` (`id`);--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_log_object` ON `audit_log` (`kind`,`object_id`);--> statement-breakpoint
CREATE TABLE `objects` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer,
	`created_by` text,
	`created_by_member` text,
	PRIMARY KEY(`kind`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `spending` (
	`account` text NOT NULL,
	`day` integer NOT NULL,
	`spent_nano` integer NOT NULL,
	`byok_nano` integer NOT NULL,
	`requests` integer NOT NULL,
	PRIMARY KEY(`account`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `keys` ADD `details` text;
--> statement-breakpoint
INSERT INTO `spending` SELECT 'key:' || `key_id`, 0, `spent_nano`, 0, `requests` FROM `counters`;--> statement-breakpoint
INSERT INTO `spending` SELECT `account`, 0, `spent`, 0, `requests` FROM (SELECT sum(`spent_nano`) AS `spent`, sum(`requests`) AS `requests` FROM `counters`), (SELECT 'organisation' AS `account` UNION ALL SELECT 'project:default') WHERE `requests` > 0;--> statement-breakpoint
INSERT INTO `spending` SELECT 'key:' || `key_id`, `day`, sum(`cost_nano`), 0, sum(`requests`) FROM `usage_rollups` GROUP BY `key_id`, `day`;--> statement-breakpoint
INSERT INTO `spending` SELECT `account`, `day`, sum(`cost_nano`), 0, sum(`requests`) FROM `usage_rollups`, (SELECT 'organisation' AS `account` UNION ALL SELECT 'project:default') GROUP BY `account`, `day`;--> statement-breakpoint
DROP TABLE `counters`;