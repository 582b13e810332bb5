"""The words of the domain as enumerations: one word, one meaning, the same in code, columns and JSON."""

from enum import IntEnum, StrEnum


class Side(IntEnum):
    """Axis or Allies; unknown is None. `SPECTATOR` applies to players only."""

    AXIS = 1
    ALLIES = 2
    SPECTATOR = 3


SIDE_LABELS = {Side.AXIS: "Axis", Side.ALLIES: "Allies", Side.SPECTATOR: "Spectator"}


class Kind(StrEnum):
    """What a delivery is."""

    ROUND_REPORT = "round_report"
    STATS_MESSAGE = "stats_message"
    SUITE_JSON = "suite_json"
    GAMETIME_FILE = "gametime_file"
    STATS_FILE = "stats_file"
    ENDSTATS_FILE = "endstats_file"
    PROXIMITY_FILE = "proximity_file"
    FILENAME_NOTICE = "filename_notice"
    DEMO_ANALYSIS = "demo_analysis"
    UNKNOWN_FILE = "unknown_file"
    OTHER_MESSAGE = "other_message"


class Source(StrEnum):
    """Which of four doors a round_event came from, best first."""

    STATS_READY = "stats_ready"
    GAMETIME_FALLBACK = "gametime_fallback"
    FILENAME_TRIGGER = "filename_trigger"
    PROXIMITY_FILE = "proximity_file"


SOURCE_OF_KIND = {
    Kind.ROUND_REPORT: Source.STATS_READY,
    Kind.STATS_MESSAGE: Source.STATS_READY,
    Kind.SUITE_JSON: Source.STATS_READY,
    Kind.GAMETIME_FILE: Source.GAMETIME_FALLBACK,
    Kind.STATS_FILE: Source.FILENAME_TRIGGER,
    Kind.ENDSTATS_FILE: Source.FILENAME_TRIGGER,
    Kind.FILENAME_NOTICE: Source.FILENAME_TRIGGER,
    Kind.PROXIMITY_FILE: Source.PROXIMITY_FILE,
    Kind.UNKNOWN_FILE: Source.FILENAME_TRIGGER,
}
"""The door a delivery of a kind comes through; messages and analyses that tell of no round have none."""


class Outcome(StrEnum):
    """What became of one arriving delivery: exactly one of these. Received is their sum."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REVISED = "revised"
    SPOOLED = "spooled"
    QUARANTINED = "quarantined"
    REFUSED_AUTH = "refused_auth"
    REFUSED_SIZE = "refused_size"
    REFUSED_RATE = "refused_rate"
    REFUSED_MALFORMED = "refused_malformed"


class EventState(StrEnum):
    """How far a round_event has come."""

    SEEN = "seen"
    PARSED = "parsed"
    LINKED = "linked_round_id"
    ENRICHED = "enriched"
    PUBLISHED = "published"
    QUARANTINED = "quarantined"


class ParseStatus(StrEnum):
    """`partial`: some fields were dropped, each with a note."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"


class LinkStatus(StrEnum):
    """The binding of a round_event to a round."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


class LinkReason(StrEnum):
    """Why a round_event is linked, or is not."""

    CREATED_ROUND = "created_round"
    RESOLVED_FINGERPRINT = "resolved_fingerprint"
    RESOLVED_EXACT_UNIX_MATCH = "resolved_exact_unix_match"
    RESOLVED_START_WINDOW = "resolved_start_window"
    RESOLVED_END_WINDOW = "resolved_end_window"
    RESOLVED_STAMP_WINDOW = "resolved_stamp_window"
    RESOLVED_BY_OPERATOR = "resolved_by_operator"
    NO_ROWS_FOR_MAP_ROUND_YET = "no_rows_for_map_round_yet"
    NO_ROWS_FOR_MAP_ROUND = "no_rows_for_map_round"
    ALL_CANDIDATES_OUTSIDE_WINDOW = "all_candidates_outside_window"
    TIME_PARSE_FAILED = "time_parse_failed"
    AMBIGUOUS_TIE = "ambiguous_tie"
    ONE_TO_ONE_CONFLICT = "one_to_one_conflict"
    FINGERPRINT_CONFLICT = "fingerprint_conflict"
    INVALID_INPUT = "invalid_input"
    SERVER_UNKNOWN = "server_unknown"
    WARMUP_ONLY = "warmup_only"


class QuarantineReason(StrEnum):
    """Why an authentic delivery could not be understood."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    MALFORMED_JSON = "malformed_json"
    MALFORMED_HEADER = "malformed_header"
    NO_READABLE_PLAYER = "no_readable_player"
    SCHEMA_VIOLATION = "schema_violation"
    UNSUPPORTED_VERSION = "unsupported_version"
    UNKNOWN_KIND = "unknown_kind"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    BAD_IDEMPOTENCY_KEY = "bad_idempotency_key"
    BAD_PARAMETER = "bad_parameter"


WITHHELD = frozenset(
    (QuarantineReason.IDEMPOTENCY_KEY_REUSED, QuarantineReason.BAD_IDEMPOTENCY_KEY, QuarantineReason.BAD_PARAMETER)
)
"""Whoever waits for one of these was refused for how it was asked for, not for what it says: asked for well, it is taken."""


class ExitKind(StrEnum):
    """How a round ended; who succeeded is told by winner and defender, neither is derived from the other."""

    TIMELIMIT = "timelimit"
    OBJECTIVE = "objective"
    SURRENDER_AXIS = "surrender_axis"
    SURRENDER_ALLIES = "surrender_allies"
    ELIMINATED = "eliminated"
    ABORTED = "aborted"
    UNKNOWN = "unknown"


class DurationSource(StrEnum):
    """What told how long a round took, best first: the game server's clock, a stats file's ninth header field, the limit
    that was reached, the header's clock.
    """

    LUA = "lua"
    FIELD9 = "field9"
    LIMIT = "limit"
    HEADER = "header"


class R2Basis(StrEnum):
    """How a player's own share of an R2 was found: by subtraction, as it stands, or both field by field."""

    DIFF = "diff"
    RAW = "raw"
    MIXED = "mixed"


class FileStatus(StrEnum):
    """How far a file has come: in its round, kept under its round unread, waiting for its round, or not understood."""

    IMPORTED = "imported"
    FILED = "filed"
    WAITING = "waiting"
    QUARANTINED = "quarantined"


class OperatorAction(StrEnum):
    """What an operator decided, by hand and for good."""

    RELINK = "relink"
    TEAM_NAME = "team_name"
    TEAM_COLOR = "team_color"


class EndReason(StrEnum):
    """The stored strict form of how a round ended."""

    NORMAL = "NORMAL"
    SURRENDER = "SURRENDER"
    MAP_CHANGE = "MAP_CHANGE"
    MAP_RESTART = "MAP_RESTART"
    SERVER_RESTART = "SERVER_RESTART"


class StopwatchState(StrEnum):
    """Did the attackers succeed: TIME_SET yes, FULL_HOLD no, None undecidable."""

    FULL_HOLD = "FULL_HOLD"
    TIME_SET = "TIME_SET"


class RoundOutcome(StrEnum):
    """The display outcome: the stopwatch state, or how the round was cut."""

    FULL_HOLD = "FULL_HOLD"
    TIME_SET = "TIME_SET"
    SURRENDER_END = "SURRENDER_END"
    MAP_CHANGE_END = "MAP_CHANGE_END"
    MAP_RESTART_END = "MAP_RESTART_END"
    SERVER_RESTART_END = "SERVER_RESTART_END"


class RoundStatus(StrEnum):
    """Only a `completed` round is scored and published."""

    COMPLETED = "completed"
    ABORTED = "aborted"
    CANCELLED = "cancelled"
    SUBSTITUTION = "substitution"
    ORPHAN_R2 = "orphan_r2"
    GHOST = "ghost"


class Confidence(StrEnum):
    """How sure a score is, best first. No score is shown without it."""

    VERIFIED_HEADER = "verified_header"
    TIME_FALLBACK = "time_fallback"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


class TeamSlot(StrEnum):
    """The two teams of a gaming session: A began on Axis in its earliest valid R1, B on Allies."""

    A = "A"
    B = "B"


class Verdict(StrEnum):
    """Who won a match. `none`: it is not counted, for the reason beside it."""

    TEAM_A = "A"
    TEAM_B = "B"
    DRAW = "draw"
    NONE = "none"


class ScoringRule(StrEnum):
    """What decided a match."""

    HEADER = "header"
    R1_FROM_LIMIT = "r1_from_limit"
    TIME = "time"
    NONE = "none"


class MatchReason(StrEnum):
    """Why a match is not counted."""

    R1_ONLY = "r1_only"
    R2_ONLY = "r2_only"
    NOT_PLAYED_OUT = "not_played_out"
    UNDECIDABLE = "undecidable"
    SIDE_UNREADABLE = "side_unreadable"
    DEFENDER_UNKNOWN = "defender_unknown"
    DEFENDERS_DISAGREE = "defenders_disagree"
    ROSTER_UNKNOWN = "roster_unknown"
    TEAMS_MIXED = "teams_mixed"
    NO_SWAP = "no_swap"
    SCORING_ERROR = "scoring_error"


class Pairing(StrEnum):
    """How the two rounds of a match found each other, or which of them is alone."""

    NAMED = "named"
    WALK = "walk"
    SINGLE_R1 = "single_r1"
    SINGLE_R2 = "single_r2"


class RosterChange(StrEnum):
    """How a player came to play where he was not from the beginning."""

    JOINED = "joined"
    OTHER_TEAM = "other_team"
    NEW_TEAMS = "new_teams"


class PublicationKind(StrEnum):
    """What a publication says."""

    ROUND_POST = "round_post"


class PublicationStatus(StrEnum):
    """Where a publication stands. `pending` with a message id is an edit to be made."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    DEAD = "dead"
    AUTOPOST_OFF = "autopost_off"
    WITHDRAWN = "withdrawn"
