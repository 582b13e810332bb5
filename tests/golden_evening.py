"""The evening of 2026-02-02 as its players remember it: 7:4. Who won each map is handed down; the times are invented."""

EVENING = [  # map, play number, limit, R1 attackers (TeamB), R2 attackers (TeamA; None: held), winner
    ("etl_adlernest", 1, "15:00", "6:42", None, "B"),
    ("supply", 1, "15:00", "12:20", "10:05", "A"),
    ("etl_sp_delivery", 1, "15:00", "8:13", None, "B"),
    ("te_escape2", 1, "12:00", "5:05", None, "B"),
    ("te_escape2", 2, "12:00", "4:48", None, "B"),
    ("sw_goldrush_te", 1, "15:00", None, "14:31", "A"),
    ("et_brewdog", 1, "12:00", "3:59", None, "B"),
    ("etl_frostbite", 1, "15:00", "7:36", None, "B"),
    ("erdenberg_t2", 1, "12:00", "9:41", "9:40", "A"),
    ("braundorf_b4", 1, "20:00", None, "11:11", "A"),
    ("etl_adlernest", 2, "15:00", "5:30", None, "B"),
]
