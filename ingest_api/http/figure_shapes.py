"""The shapes of answers about times and figures of sessions and players, as OpenAPI publishes them."""

from datetime import date, datetime

from pydantic import BaseModel

from ingest_api.http.round_shapes import RoundLine, SectionError
from shared.domain.diagnostics import Status
from shared.domain.form import Form
from shared.domain.playstyle import Playstyle


class TimesOfRound(BaseModel):
    """A round's times as its stats file and Lua tell them."""

    round_id: int
    round_fingerprint: str
    match_id: str
    map_name: str
    round_number: int
    link_status: str
    lua: str | None
    source: str | None
    stats_seconds: float | None
    stats_source: str | None
    lua_seconds: float | None
    difference_seconds: float | None
    mark: str | None
    duration_seconds: float | None
    duration_source: str | None
    divergence: str | None


class TimesSummary(BaseModel):
    """What the differences of a session come to."""

    rounds: int
    rounds_with_lua: int
    surrender_fixes: int | None
    corrected_seconds: float | None
    largest_difference_seconds: float | None
    missing: list[str]


class SessionTimingBody(BaseModel):
    """Every round of a session with its times and their sources."""

    date: date
    server_id: str
    started_at: datetime
    ended_at: datetime
    gaming_session_id: int | None
    gaming_session_ids: list[int]
    rounds: list[TimesOfRound] | None
    summary: TimesSummary | None
    status: Status
    errors: list[SectionError]


class CombatOffense(BaseModel):
    """Kills, deaths and damage."""

    kills: float | None
    deaths: float | None
    kd: float | None
    damage_given: float | None
    damage_received: float | None
    dpm: float | None


class CombatDefense(BaseModel):
    """Revives, time alive and dead, gibs, head hits."""

    revives_given: float | None
    times_revived: float | None
    time_alive_seconds: float | None
    time_dead_seconds: float | None
    gibs: float | None
    headshots: float | None


class AdvancedMetrics(BaseModel):
    """Figures that need more than one counter."""

    frag_potential: float | None
    damage_efficiency: float | None
    denied_per_minute: float | None
    survival_percent: float | None
    useful_kills: float | None
    self_kills: float | None
    full_self_kills: float | None


class DpmPoint(BaseModel):
    """Damage per minute in one round; null where the player missed it."""

    round_id: int
    map_name: str
    round_number: int
    dpm: float | None


class GraphsOfPlayer(BaseModel):
    """What the graphs draw of one player. `form` is null with fewer than four rounds."""

    guid: str
    name: str | None
    combat_offense: CombatOffense
    combat_defense: CombatDefense
    advanced_metrics: AdvancedMetrics
    playstyle: Playstyle
    form: Form | None
    peak_round_id: int | None
    dpm_timeline: list[DpmPoint]


class GraphsBody(BaseModel):
    """What the graphs of a session are drawn from, by GUID, most kills first."""

    date: date
    server_id: str
    started_at: datetime
    ended_at: datetime
    gaming_session_id: int | None
    gaming_session_ids: list[int]
    players: list[GraphsOfPlayer] | None
    status: Status
    errors: list[SectionError]


class NameOfPlayer(BaseModel):
    """A name a player bore, in how many rounds, and when last."""

    name: str | None
    rounds: int
    last_date: date | None


class FigureOfPlayer(BaseModel):
    """One figure in one unit."""

    value: float | None
    unit: str
    meaning: str


class PlayersRound(BaseModel):
    """One round with what the player did in it."""

    round: RoundLine
    side: int | None
    side_label: str | None
    kills: float | None
    deaths: float | None
    damage_given: float | None
    damage_received: float | None
    headshots: float | None
    headshot_kills: float | None
    accuracy: float | None
    dpm: float | None
    kd_ratio: float | None
    time_played_seconds: float | None


class PlayerBody(BaseModel):
    """One player by GUID."""

    guid: str
    name: str | None
    names: list[NameOfPlayer]
    guid_full: str | None
    rounds: int
    first_date: date | None
    last_date: date | None
    figures: dict[str, FigureOfPlayer] | None
    newest_rounds: list[PlayersRound] | None
    status: Status
    errors: list[SectionError]


class Ranking(BaseModel):
    """One place of a leaderboard; who has the same value has the same rank. `sums`: what the value is made of."""

    rank: int
    guid: str
    name: str | None
    value: float | None
    rounds: int
    sums: dict[str, float | None]


class LeaderboardBody(BaseModel):
    """Players by one metric in one unit, the highest first."""

    metric: str
    unit: str
    meaning: str
    since: date
    until: date | None
    server_id: str | None
    map_name: str | None
    least_rounds: int
    ranked: int
    not_ranked: int
    players: list[Ranking]
