"""Judgement: what is concluded from evidence; may be wiped and rebuilt."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("map_name", sa.Text(), nullable=False),
        sa.Column("round_number", sa.SmallInteger(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=False),
        sa.Column("gaming_session_id", sa.BigInteger(), nullable=True),
        sa.Column("play_number", sa.Integer(), nullable=True),
        sa.Column("round_fingerprint", sa.Text(), nullable=False),
        sa.Column("fingerprint_tier", sa.SmallInteger(), nullable=False),
        sa.Column("round_date", sa.Date(), nullable=True),
        sa.Column("round_time", sa.Time(), nullable=True),
        sa.Column("round_start_unix", sa.BigInteger(), nullable=True),
        sa.Column("round_end_unix", sa.BigInteger(), nullable=True),
        sa.Column("actual_duration_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("duration_source", sa.Text(), nullable=True),
        sa.Column("limit_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("limit_source", sa.Text(), nullable=True),
        sa.Column("header_clock_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("total_pause_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("pause_count", sa.Integer(), nullable=True),
        sa.Column("warmup_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("winner_team", sa.SmallInteger(), nullable=True),
        sa.Column("defender_team", sa.SmallInteger(), nullable=True),
        sa.Column("sides_source", sa.Text(), nullable=True),
        sa.Column("surrender_team", sa.SmallInteger(), nullable=True),
        sa.Column("exit_kind", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_reason_raw", sa.Text(), nullable=True),
        sa.Column("round_stopwatch_state", sa.Text(), nullable=True),
        sa.Column("time_to_beat_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("next_timelimit_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("next_timelimit_minutes", sa.Integer(), nullable=True),
        sa.Column("round_outcome", sa.Text(), nullable=True),
        sa.Column("score_confidence", sa.Text(), nullable=False),
        sa.Column("round_status", sa.Text(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=False),
        sa.Column("invalid_reason", sa.Text(), nullable=True),
        sa.Column("is_bot_round", sa.Boolean(), nullable=False),
        sa.Column("bot_player_count", sa.Integer(), nullable=True),
        sa.Column("human_player_count", sa.Integer(), nullable=True),
        sa.Column("ingest_state", sa.Text(), nullable=False),
        sa.Column("link_status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "end_reason IN ('NORMAL', 'SURRENDER', 'MAP_CHANGE', 'MAP_RESTART', 'SERVER_RESTART')",
            name=op.f("rounds_end_reason_check"),
        ),
        sa.CheckConstraint(
            "exit_kind IN ('timelimit', 'objective', 'surrender_axis', 'surrender_allies', 'eliminated', 'aborted', 'unknown')",
            name=op.f("rounds_exit_kind_check"),
        ),
        sa.CheckConstraint(
            "ingest_state IN ('seen', 'parsed', 'linked_round_id', 'enriched', 'published', 'quarantined')",
            name=op.f("rounds_ingest_state_check"),
        ),
        sa.CheckConstraint(
            "link_status IN ('linked', 'unlinked', 'ambiguous', 'refused')", name=op.f("rounds_link_status_check")
        ),
        sa.CheckConstraint(
            "round_outcome IN ('FULL_HOLD', 'TIME_SET', 'SURRENDER_END', 'MAP_CHANGE_END', 'MAP_RESTART_END', 'SERVER_RESTART_END')",
            name=op.f("rounds_round_outcome_check"),
        ),
        sa.CheckConstraint(
            "round_status IN ('completed', 'aborted', 'cancelled', 'substitution', 'orphan_r2', 'ghost')",
            name=op.f("rounds_round_status_check"),
        ),
        sa.CheckConstraint(
            "round_stopwatch_state IN ('FULL_HOLD', 'TIME_SET')", name=op.f("rounds_round_stopwatch_state_check")
        ),
        sa.CheckConstraint(
            "score_confidence IN ('verified_header', 'time_fallback', 'ambiguous', 'missing')",
            name=op.f("rounds_score_confidence_check"),
        ),
        sa.CheckConstraint("limit_seconds > 0", name=op.f("rounds_limit_seconds_check")),
        sa.CheckConstraint("round_number IN (1, 2)", name=op.f("rounds_round_number_check")),
        sa.CheckConstraint(
            "winner_team IN (1, 2) AND defender_team IN (1, 2) AND surrender_team IN (1, 2)",
            name=op.f("rounds_side_check"),
        ),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("rounds_server_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rounds_pkey")),
        sa.UniqueConstraint(
            "match_id", "round_number", deferrable=True, initially="IMMEDIATE", name="rounds_match_id_round_number_key"
        ),
        sa.UniqueConstraint("round_fingerprint", name=op.f("rounds_round_fingerprint_key")),
    )
    op.create_index("rounds_round_date_idx", "rounds", ["round_date"], unique=False)
    op.create_index(
        "rounds_server_id_map_name_round_start_unix_idx",
        "rounds",
        ["server_id", "map_name", "round_start_unix"],
        unique=False,
    )
    op.create_table(
        "lua_round_teams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=True),
        sa.Column("round_number", sa.SmallInteger(), nullable=False),
        sa.Column("map_name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("round_start_unix", sa.BigInteger(), nullable=True),
        sa.Column("round_end_unix", sa.BigInteger(), nullable=True),
        sa.Column("actual_duration_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("timelimit_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("total_pause_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("pause_count", sa.Integer(), nullable=True),
        sa.Column("lua_pause_events", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("winner_team", sa.SmallInteger(), nullable=True),
        sa.Column("defender_team", sa.SmallInteger(), nullable=True),
        sa.Column("exit_line", sa.Text(), nullable=True),
        sa.Column("exit_kind", sa.Text(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("end_reason_raw", sa.Text(), nullable=True),
        sa.Column("surrender_team", sa.SmallInteger(), nullable=True),
        sa.Column("surrender_caller_guid", sa.Text(), nullable=True),
        sa.Column("surrender_caller_name", sa.Text(), nullable=True),
        sa.Column("axis_players", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("allies_players", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("axis_score", sa.Integer(), nullable=True),
        sa.Column("allies_score", sa.Integer(), nullable=True),
        sa.Column("lua_warmup_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("lua_warmup_start_unix", sa.BigInteger(), nullable=True),
        sa.Column("lua_version", sa.Text(), nullable=True),
        sa.Column("link_reason", sa.Text(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(round_id IS NULL) = (match_id IS NULL)", name=op.f("lua_round_teams_linked_together_check")
        ),
        sa.CheckConstraint(
            "winner_team IN (1, 2) AND defender_team IN (1, 2) AND surrender_team IN (1, 2)",
            name=op.f("lua_round_teams_side_check"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("lua_round_teams_delivery_id_fkey")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("lua_round_teams_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("lua_round_teams_pkey")),
        sa.UniqueConstraint("delivery_id", name=op.f("lua_round_teams_delivery_id_key")),
        sa.UniqueConstraint("round_id", name=op.f("lua_round_teams_round_id_key")),
    )
    op.create_index("lua_round_teams_captured_at_idx", "lua_round_teams", ["captured_at"], unique=False)
    op.create_index("lua_round_teams_match_id_idx", "lua_round_teams", ["match_id"], unique=False)
    op.create_table(
        "lua_spawn_stats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("match_id", sa.Text(), nullable=True),
        sa.Column("round_number", sa.SmallInteger(), nullable=False),
        sa.Column("map_name", sa.Text(), nullable=False),
        sa.Column("round_end_unix", sa.BigInteger(), nullable=True),
        sa.Column("player_guid", sa.Text(), nullable=False),
        sa.Column("player_name", sa.Text(), nullable=False),
        sa.Column("spawn_count", sa.Integer(), nullable=True),
        sa.Column("death_count", sa.Integer(), nullable=True),
        sa.Column("dead_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("avg_respawn_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("max_respawn_seconds", sa.Numeric(precision=9, scale=3), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("lua_spawn_stats_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("lua_spawn_stats_pkey")),
        sa.UniqueConstraint("round_id", "player_guid", name="lua_spawn_stats_round_id_player_guid_key"),
    )
    op.create_table(
        "player_comprehensive_stats",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("round_date", sa.Date(), nullable=True),
        sa.Column("map_name", sa.Text(), nullable=False),
        sa.Column("round_number", sa.SmallInteger(), nullable=False),
        sa.Column("player_guid", sa.Text(), nullable=False),
        sa.Column("player_guid_full", sa.Text(), nullable=True),
        sa.Column("player_name", sa.Text(), nullable=False),
        sa.Column("clean_name", sa.Text(), nullable=False),
        sa.Column("team", sa.SmallInteger(), nullable=True),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("kills", sa.Integer(), nullable=True),
        sa.Column("deaths", sa.Integer(), nullable=True),
        sa.Column("damage_given", sa.Integer(), nullable=True),
        sa.Column("damage_received", sa.Integer(), nullable=True),
        sa.Column("team_damage_given", sa.Integer(), nullable=True),
        sa.Column("team_damage_received", sa.Integer(), nullable=True),
        sa.Column("gibs", sa.Integer(), nullable=True),
        sa.Column("self_kills", sa.Integer(), nullable=True),
        sa.Column("team_kills", sa.Integer(), nullable=True),
        sa.Column("team_gibs", sa.Integer(), nullable=True),
        sa.Column("headshots", sa.Integer(), nullable=True),
        sa.Column("headshot_kills", sa.Integer(), nullable=True),
        sa.Column("time_played_seconds", sa.Integer(), nullable=True),
        sa.Column("time_played_minutes", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("time_dead_minutes", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("time_dead_minutes_original", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("time_dead_ratio", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("time_played_percent", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("xp", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("kd_ratio", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("dpm", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("efficiency", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("bullets_fired", sa.Integer(), nullable=True),
        sa.Column("hits", sa.Integer(), nullable=True),
        sa.Column("accuracy", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("kill_assists", sa.Integer(), nullable=True),
        sa.Column("kill_steals", sa.Integer(), nullable=True),
        sa.Column("objectives_completed", sa.Integer(), nullable=True),
        sa.Column("objectives_destroyed", sa.Integer(), nullable=True),
        sa.Column("objectives_stolen", sa.Integer(), nullable=True),
        sa.Column("objectives_returned", sa.Integer(), nullable=True),
        sa.Column("dynamites_planted", sa.Integer(), nullable=True),
        sa.Column("dynamites_defused", sa.Integer(), nullable=True),
        sa.Column("times_revived", sa.Integer(), nullable=True),
        sa.Column("revives_given", sa.Integer(), nullable=True),
        sa.Column("most_useful_kills", sa.Integer(), nullable=True),
        sa.Column("useless_kills", sa.Integer(), nullable=True),
        sa.Column("denied_playtime", sa.Integer(), nullable=True),
        sa.Column("constructions", sa.Integer(), nullable=True),
        sa.Column("tank_meatshield", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("double_kills", sa.Integer(), nullable=True),
        sa.Column("triple_kills", sa.Integer(), nullable=True),
        sa.Column("quad_kills", sa.Integer(), nullable=True),
        sa.Column("multi_kills", sa.Integer(), nullable=True),
        sa.Column("mega_kills", sa.Integer(), nullable=True),
        sa.Column("killing_spree_best", sa.Integer(), nullable=True),
        sa.Column("death_spree_worst", sa.Integer(), nullable=True),
        sa.Column("full_selfkills", sa.Integer(), nullable=True),
        sa.Column("r2_basis", sa.Text(), nullable=True),
        sa.Column("played_source", sa.Text(), nullable=True),
        sa.Column("flags", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "r2_basis IN ('diff', 'raw', 'mixed')", name=op.f("player_comprehensive_stats_r2_basis_check")
        ),
        sa.CheckConstraint("team IN (1, 2, 3)", name=op.f("player_comprehensive_stats_team_check")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("player_comprehensive_stats_round_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("player_comprehensive_stats_pkey")),
        sa.UniqueConstraint("round_id", "player_guid", name="player_comprehensive_stats_round_id_player_guid_key"),
    )
    op.create_table(
        "round_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("map_name", sa.Text(), nullable=True),
        sa.Column("round_number", sa.SmallInteger(), nullable=True),
        sa.Column("round_start_unix", sa.BigInteger(), nullable=True),
        sa.Column("round_end_unix", sa.BigInteger(), nullable=True),
        sa.Column("round_date", sa.Text(), nullable=True),
        sa.Column("round_time", sa.Text(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("webhook_id", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parse_status", sa.Text(), nullable=True),
        sa.Column("link_status", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("round_fingerprint", sa.Text(), nullable=True),
        sa.Column("fingerprint_tier", sa.SmallInteger(), nullable=True),
        sa.Column("link_reason", sa.Text(), nullable=True),
        sa.Column("link_details", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("r1_round_start_unix", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("parse_notes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confidence IN ('verified_header', 'time_fallback', 'ambiguous', 'missing')",
            name=op.f("round_events_confidence_check"),
        ),
        sa.CheckConstraint(
            "link_reason IN ('created_round', 'resolved_fingerprint', 'resolved_exact_unix_match', 'resolved_start_window', 'resolved_end_window', 'resolved_stamp_window', 'resolved_by_operator', 'no_rows_for_map_round_yet', 'no_rows_for_map_round', 'all_candidates_outside_window', 'time_parse_failed', 'ambiguous_tie', 'one_to_one_conflict', 'fingerprint_conflict', 'invalid_input', 'server_unknown', 'warmup_only')",
            name=op.f("round_events_link_reason_check"),
        ),
        sa.CheckConstraint(
            "link_status IN ('linked', 'unlinked', 'ambiguous', 'refused')", name=op.f("round_events_link_status_check")
        ),
        sa.CheckConstraint("parse_status IN ('ok', 'partial', 'failed')", name=op.f("round_events_parse_status_check")),
        sa.CheckConstraint(
            "source IN ('stats_ready', 'gametime_fallback', 'filename_trigger', 'proximity_file')",
            name=op.f("round_events_source_check"),
        ),
        sa.CheckConstraint(
            "state IN ('seen', 'parsed', 'linked_round_id', 'enriched', 'published', 'quarantined')",
            name=op.f("round_events_state_check"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("round_events_delivery_id_fkey")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_events_round_id_fkey")),
        sa.ForeignKeyConstraint(["server_id"], ["servers.server_id"], name=op.f("round_events_server_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("round_events_pkey")),
        sa.UniqueConstraint(
            "delivery_id",
            "map_name",
            "round_number",
            name="round_events_delivery_id_map_name_round_number_key",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "round_events_enriched_idx",
        "round_events",
        ["round_id"],
        unique=False,
        postgresql_where=sa.text("state = 'enriched'"),
    )
    op.create_index("round_events_round_id_idx", "round_events", ["round_id"], unique=False)
    op.create_index(
        "round_events_unfinished_idx",
        "round_events",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('seen', 'parsed', 'linked_round_id')"),
    )
    op.create_table(
        "round_event_moves",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "to_state IN ('seen', 'parsed', 'linked_round_id', 'enriched', 'published', 'quarantined')",
            name=op.f("round_event_moves_to_state_check"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["round_events.id"], name=op.f("round_event_moves_event_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("round_event_moves_pkey")),
    )
    op.create_index("round_event_moves_event_id_idx", "round_event_moves", ["event_id"], unique=False)
    op.create_table(
        "round_fingerprints",
        sa.Column("round_fingerprint", sa.Text(), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("first_event_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('stats_ready', 'gametime_fallback', 'filename_trigger', 'proximity_file')",
            name=op.f("round_fingerprints_source_check"),
        ),
        sa.ForeignKeyConstraint(
            ["first_event_id"], ["round_events.id"], name=op.f("round_fingerprints_first_event_id_fkey")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("round_fingerprints_round_id_fkey")),
        sa.PrimaryKeyConstraint("round_fingerprint", name=op.f("round_fingerprints_pkey")),
    )
    op.create_index("round_fingerprints_round_id_idx", "round_fingerprints", ["round_id"], unique=False)


def downgrade() -> None:
    op.drop_index("round_fingerprints_round_id_idx", table_name="round_fingerprints")
    op.drop_table("round_fingerprints")
    op.drop_index("round_event_moves_event_id_idx", table_name="round_event_moves")
    op.drop_table("round_event_moves")
    op.drop_index(
        "round_events_unfinished_idx",
        table_name="round_events",
        postgresql_where=sa.text("state IN ('seen', 'parsed', 'linked_round_id')"),
    )
    op.drop_index("round_events_round_id_idx", table_name="round_events")
    op.drop_index(
        "round_events_enriched_idx", table_name="round_events", postgresql_where=sa.text("state = 'enriched'")
    )
    op.drop_table("round_events")
    op.drop_table("player_comprehensive_stats")
    op.drop_table("lua_spawn_stats")
    op.drop_index("lua_round_teams_match_id_idx", table_name="lua_round_teams")
    op.drop_index("lua_round_teams_captured_at_idx", table_name="lua_round_teams")
    op.drop_table("lua_round_teams")
    op.drop_index("rounds_server_id_map_name_round_start_unix_idx", table_name="rounds")
    op.drop_index("rounds_round_date_idx", table_name="rounds")
    op.drop_table("rounds")
