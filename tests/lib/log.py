"""What reached the server, read from its log, and what a client behind a transaction-mode pooler must never send."""
import csv
import dataclasses
import re
import secrets
import time


@dataclasses.dataclass
class Statement:
    pid: int
    session: str      # differs where a pid was used again
    database: str
    application: str
    kind: str         # "simple", "execute" (extended protocol), "error"
    name: str         # of the prepared statement, "" for the unnamed one
    text: str         # of an error: its message
    sqlstate: str

    @property
    def head(self):
        """The statement without leading comments, in one line."""
        return re.sub(r"\s+", " ", re.sub(r"\A(\s|--[^\n]*\n|/\*.*?\*/)*", "", self.text, flags=re.S)).strip()

    def __str__(self):
        return f"{self.pid} {self.application} {self.kind}: {self.head[:200]}"


# PgBouncer gives a backend the client's parameters in this one form, in a simple query.
POOLER_SETTINGS = re.compile(r"SET ((application_name|client_encoding|datestyle|timezone|standard_conforming_strings"
                             r"|intervalstyle|search_path)='[^']*';?)+$", re.I)


def parse(row):
    """A line of csvlog as a Statement, or None where it is neither a statement nor an error."""
    _time, _user, database, pid, _from, session = row[:6]
    severity, sqlstate, message, application = row[11], row[12], row[13], row[22]
    common = {"pid": int(pid), "session": session, "database": database, "application": application, "sqlstate": sqlstate}
    if severity in ("ERROR", "FATAL"):
        return Statement(**common, kind="error", name="", text=message)
    if match := re.match(r"statement: (.*)", message, re.S):
        return Statement(**common, kind="simple", name="", text=match.group(1))
    if match := re.match(r"execute ([^:]*): (.*)", message, re.S):
        name = match.group(1)
        return Statement(**common, kind="execute", name="" if name == "<unnamed>" else name, text=match.group(2))
    return None


class ServerLog:
    """Reads the log of a cluster from a mark on."""

    def __init__(self, cluster):
        self.cluster = cluster

    def write_marker(self):
        """Writes a line into the log and returns the offset behind it, once it has arrived there."""
        text = f"marker-{secrets.token_hex(8)}".encode()
        path = self.cluster.log_path
        # The log of a whole session is long: only what comes from now on is read.
        start = path.stat().st_size if path.exists() else 0
        self.cluster.run(f"SELECT '{text.decode()}'")
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with open(path, "rb") as log:
                log.seek(start)
                data = log.read()
            if (at := data.find(text)) >= 0 and (line_end := data.find(b"\n", at)) >= 0:
                return start + line_end + 1
            time.sleep(0.005)
        raise TimeoutError("the server's log does not grow")

    def mark(self):
        return self.write_marker()

    def statements(self, since, database):
        """
        All statements (and errors) of brant since a mark in one database.

        Through the pooler a backend loses the client's application_name with RESET ALL, so those without a name count too:
        whatever else the tests do, they do under a name.
        """
        until = self.write_marker()
        with open(self.cluster.log_path, "rb") as log:
            log.seek(since)
            text = log.read(until - since).decode("utf-8", "replace")
        found = [parse(row) for row in csv.reader(text.splitlines(keepends=True)) if len(row) > 22]
        return [s for s in found if s and s.database == database and (not s.application or s.application.startswith("brant"))
                and not (s.kind == "simple" and POOLER_SETTINGS.match(s.head)) and "FROM pg_catalog.pg_shadow" not in s.text]


class Session:
    """One backend, as its statements left it."""

    def __init__(self):
        self.in_transaction = False
        self.settings = {}       # session-level settings in force: name -> the statement that made it
        self.before = {}         # the same at BEGIN, for ROLLBACK
        self.lone = []           # statements since a SET outside of a transaction

    def rollback(self):
        """Takes settings and temporary objects back, but no lock of the session."""
        lock = {LOCK: self.settings[LOCK]} if LOCK in self.settings else {}
        self.settings = self.before | lock
        self.in_transaction = False


SET = re.compile(r"SET (?:SESSION )?(?!LOCAL|TRANSACTION|CONSTRAINTS|SESSION CHARACTERISTICS)\"?(\w+(?:\.\w+)?)", re.I)
SET_CONFIG = re.compile(r"set_config\(\s*'([^']*)'[^()]*,\s*(false|'f')\s*\)", re.I)
RESET = re.compile(r"RESET (?:SESSION )?(\w+(?:\.\w+)?)", re.I)
SESSION_LOCK = re.compile(r"\bpg_(try_)?advisory_lock", re.I)
UNLOCK_ALL = re.compile(r"\bpg_advisory_unlock_all\b", re.I)
FORBIDDEN = [
    (re.compile(r"(PREPARE (?!TRANSACTION)|DEALLOCATE )", re.I), "named prepared statement"),
    (re.compile(r"(LISTEN|UNLISTEN)\b", re.I), "LISTEN"),
    (re.compile(r"DECLARE .* WITH HOLD\b", re.I), "cursor WITH HOLD"),
    (re.compile(r"LOAD '", re.I), "LOAD"),
]
TEMPORARY = re.compile(r"CREATE (GLOBAL |LOCAL )?(TEMP|TEMPORARY) (?!.*ON COMMIT DROP)", re.I)

# What a session keeps besides settings.
LOCK, TEMP = "a session-level advisory lock", "temporary objects"


def session_state_used(statements):
    """
    Violations of the pooler's rules as sentences; an empty list is what a test wants.

    A session-level setting must be gone when its transaction commits, or enclose exactly one statement outside of a
    transaction: SET (and COMMIT), the statement, RESET.  Session-level locks and temporary objects that a migration makes must be gone
    when its transaction commits.
    """
    found = []
    sessions = {}

    def complain(statement, what):
        found.append(f"{what}: {statement}")

    for s in statements:
        session = sessions.setdefault(s.session, Session())
        if s.kind == "error":
            continue
        if s.name:
            complain(s, f"named prepared statement \"{s.name}\"")
        head = s.head
        # Bodies of functions and string constants are not run here and now.
        bare = re.sub(r"\$(\w*)\$.*?\$\1\$", "''", head, flags=re.S)
        for pattern, what in FORBIDDEN:
            if pattern.match(bare):
                complain(s, what)
        for pattern, what in ((SESSION_LOCK, LOCK), (TEMPORARY, TEMP)):
            if not (pattern.search if what == LOCK else pattern.match)(bare):
                continue
            if session.in_transaction:
                session.settings[what] = head
            else:
                complain(s, f"{what} outside of a transaction")
        if UNLOCK_ALL.search(bare):
            session.settings.pop(LOCK, None)
        word = bare.split(" ")[0].rstrip(";").upper() if bare else ""
        if word == "BEGIN" or bare.upper().startswith("START TRANSACTION"):
            if session.settings:
                complain(s, f"settings {sorted(session.settings)} are in force at BEGIN")
            session.in_transaction, session.before = True, dict(session.settings)
        elif word in ("COMMIT", "END"):
            for what in [k for k in session.settings if k in (LOCK, TEMP, "role", "session_authorization")]:
                complain(s, f"{what} survives COMMIT")
                del session.settings[what]
            # A setting may be meant for one statement behind it; anything else finds it still in force and complains.
            session.in_transaction = False
            session.lone = []
        elif word in ("ROLLBACK", "ABORT") and not re.match(r"ROLLBACK (WORK |TRANSACTION )?TO\b", bare, re.I):
            session.rollback()
        elif re.match(r"SET LOCAL\b", bare, re.I):
            if not session.in_transaction:
                complain(s, "SET LOCAL outside of a transaction")
        elif match := RESET.match(bare):
            name = match.group(1).lower()
            if name == "all":
                kept = ("role", "session_authorization", LOCK, TEMP)
                session.settings = {k: v for k, v in session.settings.items() if k in kept}
            else:
                session.settings.pop("session_authorization" if name == "authorization" else name, None)
            if not session.settings:
                session.lone = []
        elif bare.upper().startswith("DISCARD TEMP"):
            session.settings.pop(TEMP, None)
        elif bare.upper().startswith("DISCARD ALL"):
            session.settings, session.lone = {}, []
        elif (match := SET.match(bare)) or (match := SET_CONFIG.search(bare)):
            session.settings[match.group(1).lower()] = head
        elif session.settings and not session.in_transaction:
            session.lone.append(head)
            if len(session.lone) > 1:
                complain(s, f"settings {sorted(session.settings)} enclose more than one statement")
    for key, session in sessions.items():
        if session.settings and not session.in_transaction:
            found.append(f"session {key} keeps {session.settings}")
    return found
