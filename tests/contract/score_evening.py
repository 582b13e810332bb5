"""Evenings of two teams on the stand-in server, drawn from one seed: how each attack ends, what is cut, who is replaced."""

from random import Random

from game_server.stand_in.players import ALLIES, AXIS, MEDIC, SPECTATOR, Player
from tests.contract.evening_game import EveningGame
from tests.contract.reporter_world import World

MAPS = ("supply", "etl_ice", "te_escape2", "radar")
LIMITS_MINUTES = (0.5, 0.7519, 1.1)
SHORTEST_MS, LAST_MOMENT_MS = 5_000, 4_000
ENDS = ("objective", "objective", "objective", "time_limit", "time_limit", "surrender", "defenders_surrender")
CUTS = ("map_restart", "map_restart", "reset_match", "change_map")


class ScoreEvening:
    """Plays when it is told to; `told` then has the plain truth of every round."""

    def __init__(self, world: World, seed: int) -> None:
        self.rng = Random(seed)
        self.told = []
        self._newcomers = 0
        a_side = self.rng.randint(1, 4)
        players = [self._player(slot, AXIS if slot % 2 else ALLIES) for slot in range(2 * a_side)]
        self.game = EveningGame(world.engine, players, self.rng, self.told)
        self.game.start_server(*self._map())

    def play(self) -> None:
        for _ in range(self.rng.randint(1, 5)):
            self._play_match()
            self.game.to_map(*self._map(), 1_000)
            self._let_somebody_else_in()

    def _play_match(self) -> None:
        """Both rounds, unless something else comes of it."""
        self.game.warm_up(50)
        while self.rng.random() < 0.15:
            self.game.play_until(self.rng.randint(1, 4) * 1_000)
            self._cut()
        self._end()
        if self.rng.random() < 0.1:
            return
        self.game.to_second_round(1_000)
        self._let_somebody_else_in()
        self.game.warm_up(50)
        if self.rng.random() < 0.1:
            self.game.map_restart()
        self._end()

    def _cut(self) -> None:
        """Broken off, and a first round begun again, here or elsewhere."""
        how = self.rng.choice(CUTS)
        if how == "map_restart":
            self.game.map_restart()
        elif how == "reset_match":
            self.game.reset_match()
            self.game.warm_up(50)
        else:
            self.game.change_map_in_play(*self._map())
            self.game.warm_up(50)

    def _end(self) -> None:
        how = self.rng.choice(ENDS)
        if how == "time_limit":
            self.game.time_limit()
            return
        latest_ms = max(SHORTEST_MS, int(self.game.limit_ms) - LAST_MOMENT_MS)
        if self.game.round_number == 2:
            latest_ms = int(self.game.limit_ms) - LAST_MOMENT_MS
        if latest_ms < 1_000:
            self.game.time_limit()
            return
        self.game.play_until(self.rng.randint(min(SHORTEST_MS, latest_ms), latest_ms))
        if how == "objective":
            self.game.objective()
            return
        side = self.game.attacker if how == "surrender" else self.game.defender
        self.game.surrender(side, self.game.of_side(side)[0])

    def _let_somebody_else_in(self) -> None:
        """One leaves and another takes his place; or somebody comes to watch."""
        chance = self.rng.random()
        if chance < 0.15:
            leaving = self.rng.choice([one for one in self.game.players if one.side != SPECTATOR])
            self.game.disconnect(leaving)
            self.game.join("new", self._guid(), leaving.side, is_bot=False)
        elif chance < 0.25:
            self.game.join("watcher", self._guid(), SPECTATOR, is_bot=False)

    def _map(self) -> tuple[str, float, int]:
        return self.rng.choice(MAPS), self.rng.choice(LIMITS_MINUTES), self.rng.choice([AXIS, ALLIES])

    def _player(self, slot: int, side: int) -> Player:
        return Player(slot, f"p{slot}", self._guid(), side, 1.0, MEDIC)

    def _guid(self) -> str:
        self._newcomers += 1
        return f"{self._newcomers:08X}{self._newcomers:024X}"
