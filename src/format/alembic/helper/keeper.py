"""What the project's code tells its session is told to each of its transactions instead.

Behind a pooler in transaction mode a session is somebody else's a moment later: a bare SET or a session's advisory lock would be left to whoever comes next, and
be missing where it was meant to hold.  So, of each connection to PostgreSQL, whoever uses it (SQLAlchemy, a listener, a cursor of the driver's):

    SET x = 1                  SET LOCAL x = 1, said again in each later transaction
    set_config('x', '1', false)  the same with true
    RESET x                    SET LOCAL x TO DEFAULT, and no longer said
    pg_advisory_lock(1)        pg_advisory_xact_lock(1), taken again in each later transaction until pg_advisory_unlock(1)
    LISTEN, PREPARE, temporary tables, cursors WITH HOLD: taken back just before COMMIT

How a statement is sent is planned here; session.py has the drivers do it.  A connection that commits by itself gets a transaction around each statement, as soon as there is something to say in it.  What cannot be in one is sent bare,
and without.
"""
import re

FRONT = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*"  # of a statement, before its first word
NAME = r'(ROLE|SESSION\s+AUTHORIZATION|TIME\s+ZONE|NAMES|SCHEMA|XML\s+OPTION|"(?:[^"]|"")+"|[\w.]+)'
QUOTED = r'([\w$]+|"(?:[^"]|"")+")'


def statement(pattern):
    return re.compile("(" + FRONT + ")" + pattern, re.I | re.S)


LOCAL = statement(r"SET\s+LOCAL\s+" + NAME)
SET = statement(r"SET\s+(?!(?:LOCAL|TRANSACTION|CONSTRAINTS|SESSION\s+CHARACTERISTICS)\b)(?:SESSION\s+(?!AUTHORIZATION\b))?" + NAME + "(.*)")
DEFAULT = re.compile(r"\s*(=|TO\b)?\s*(DEFAULT|NONE|LOCAL)\s*$", re.I)
RESET = statement(r"RESET\s+" + NAME + r"\s*$")
DISCARD = statement(r"DISCARD\s+ALL\s*$")
SELECT = statement(r"SELECT\b(?!.*\bFROM\b)")
CALL = statement(r"(DO\b|(SELECT|WITH)\b.*\()")  # whoever is called may tell the session something
BODY = statement(r"(CREATE|DO|ALTER)\b")
BEGIN = statement(r"(BEGIN|START\s+TRANSACTION)\b")
COMMIT = statement(r"(COMMIT|END)\b")
END = statement(r"(COMMIT|ROLLBACK|END|ABORT)\b(?!\s+TO\b)")
UNBOUND = statement(r"(VACUUM|CALL|(CREATE|DROP)\s+(DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER\s+(SYSTEM|DATABASE)|CLUSTER|REINDEX|PREPARE\s+TRANSACTION"
                    r"|(COMMIT|ROLLBACK)\s+PREPARED|(CREATE|DROP|ALTER)\b.*\bCONCURRENTLY|DO\b.*\b(COMMIT|ROLLBACK))\b")
OTHER_NAMES = {"time zone": "timezone", "names": "client_encoding", "schema": "search_path", "xml option": "xmloption"}
ROLES = ("session authorization", "role")

LOCK = re.compile(r"\bpg_(try_)?advisory_lock(_shared)?(?=\s*\()", re.I)
UNLOCK = re.compile(r"\bpg_advisory_unlock(_shared)?(?=\s*\()", re.I)
UNLOCK_ALL = re.compile(r"\bpg_advisory_unlock_all\s*\(\s*\)", re.I)
SET_CONFIG = re.compile(r"\bset_config(?=\s*\()", re.I)
FALSE = re.compile(r"(\s*)(?:'(?:f|false|off|no|0)'(?:\s*::\s*bool(?:ean)?)?|false)\s*", re.I)

# What is left in a session by other words, and what takes it back.
LEFT = [
    (statement(r"LISTEN\s+" + QUOTED + r"\s*$"), r"UNLISTEN \2"),
    (statement(r"PREPARE\s+(?!TRANSACTION\b)" + QUOTED), r"DEALLOCATE \2"),
    (statement(r"DECLARE\s+" + QUOTED + r".*\bWITH\s+HOLD\b"), r"CLOSE \2"),
    (statement(r"CREATE\s+(?:(?:LOCAL|GLOBAL)\s+)?TEMP(?:ORARY)?\b(?!.*\bON\s+COMMIT\s+DROP\b)"), "DISCARD TEMP"),
    (statement(r"SELECT\b.*\bINTO\s+(?:(?:LOCAL|GLOBAL)\s+)?TEMP(?:ORARY)?\b"), "DISCARD TEMP"),
]

# What a driver may count on, and poolers keep for each client.
OF_CLIENTS = ("client_encoding", "datestyle", "intervalstyle", "timezone", "standard_conforming_strings")

WORD = re.compile(r"--[^\n]*|/\*.*?\*/|[eE]'(?:\\.|''|[^'\\])*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|[\w.]+|.", re.S)


def words(sql):
    return [found.group() for found in WORD.finditer(sql)]


def split(sql):
    """Statements of a text, each with its semicolon; a function's body is one word."""
    parts, depth = [""], 0
    for word in words(sql):
        parts[-1] += word
        depth += (word == "(") - (word == ")")
        if word == ";" and depth <= 0:
            parts.append("")
    if not re.fullmatch(FRONT, parts[-1], re.S) or len(parts) == 1:
        return parts
    last = parts.pop()
    return parts[:-1] + [parts[-1] + last]


def arguments(sql, at):
    """Of the call whose parenthesis opens at or behind "at": where each begins and ends.  None: it does not close."""
    depth, place, found = 0, at, []
    for word in words(sql[at:]):
        if word in "([{":
            depth += 1
            if depth == 1:
                found.append([place + 1, None])
        elif word in ")]}":
            depth -= 1
            if depth == 0:
                found[-1][1] = place
                return found
        elif word == "," and depth == 1:
            found[-1][1] = place
            found.append([place + 1, None])
        place += len(word)
    return None


def is_kept(sql):
    """Does it tell the session something, and nothing else?"""
    def one(part):
        return SET.match(part) or RESET.match(part.rstrip("; \n\t")) or (SELECT.match(part) and any(pattern.search(part) for pattern in (SET_CONFIG, LOCK, UNLOCK, UNLOCK_ALL)))
    return all(map(one, split(sql)))


class Plan:
    """How a statement is sent: what before it, with values; itself; what behind it, and what after its failure."""

    def __init__(self, sql, before=()):
        self.sql, self.before, self.after, self.failed = sql, list(before), [], []


class Kept:
    """What a connection has been told."""

    def __init__(self, told=(), pooled=True):
        self.said = {}  # what each is about -> the statement, its values, and how a session of its own would be told
        self.first = {}  # by the arguments of the connection itself
        self.before = {}  # as it was when the transaction began
        self.left = []  # to be taken back just before COMMIT
        self.local = set()  # what was set for this transaction only
        self.fresh = True  # nothing has been said in the transaction that is open
        self.base = {}  # what env.py has said, while a revision runs
        self.pooled = pooled
        for name, value in told:
            self.first[name] = self.said[name] = ("SET LOCAL %s TO %s" % (name, value), None, "SET %s TO %s" % (name, value))

    # ---- a statement ----

    def plan(self, sql, values, idle, alone):
        """idle: no transaction is open; alone: each statement is one by itself."""
        self.begins(idle)
        if END.match(sql):
            return Plan(sql, [(undo, None) for undo in self.undo()] if COMMIT.match(sql) and not idle else ())
        if alone and idle and BEGIN.match(sql):
            return Plan(sql)  # what is said comes with the next one
        bound = not (alone and idle and UNBOUND.match(sql))
        before = self.all() if self.fresh and bound else []
        plan = Plan(self.rewrite(sql, values), before)
        self.fresh = self.fresh and not bound
        calls = self.pooled and CALL.match(sql)
        if alone and idle and bound and (before or plan.sql != sql or self.left or calls):
            plan.before, plan.after, plan.failed = [("BEGIN", None), *before], [*self.undo(), *([self.take_back()] if calls else []), "COMMIT"], ["ROLLBACK"]
        return plan

    def begins(self, idle):
        if idle:
            self.fresh, self.before, self.local = True, dict(self.said), set()

    def all(self):
        """What a transaction begins with; roles last, since they may not be allowed the rest."""
        return [said[:2] for _, said in self.in_order()]

    def in_order(self):
        return sorted(self.said.items(), key=lambda item: ROLES.index(item[0]) + 1 if item[0] in ROLES else 0)

    def rolled_back(self):
        self.said, self.left = dict(self.before), []

    def undo(self):
        """What is said just before COMMIT."""
        left, self.left = list(dict.fromkeys(self.left)), []
        return left

    def take_back(self):
        """Whatever is left by words that nobody could read: a function that SETs."""
        names = [name for name in OF_CLIENTS if name not in self.said and name not in self.local]
        return "DO $brant$ DECLARE kept text[] := ARRAY[%s]::text[]; BEGIN RESET ALL; %s END $brant$" % (
            ", ".join("pg_catalog.current_setting('%s')" % name for name in names),
            "".join("PERFORM pg_catalog.set_config('%s', kept[%d], false); " % (name, n) for n, name in enumerate(names, 1)))

    def settings(self):
        """For another session, which ends with them: None where they cannot be said in words alone."""
        kept = [said for key, said in self.in_order() if not isinstance(key, tuple)]
        return None if any(values for _, values, _ in kept) else [itself for _, _, itself in kept]

    # ---- its text ----

    def rewrite(self, sql, values):
        return "".join(self.rewrite_one(part, values) for part in split(sql)) if ";" in sql else self.rewrite_one(sql, values)

    def rewrite_one(self, sql, values):
        bare = sql.rstrip().rstrip(";").rstrip()
        end = sql[len(bare):]
        found = SET.match(bare)
        if found:
            return found.group(1) + self.set(self.key(found.group(2)), found.group(2), found.group(3), values) + end
        found = LOCAL.match(bare)
        if found:
            self.local.add(self.key(found.group(2)))
        found = RESET.match(bare)
        if found:
            return found.group(1) + self.reset(self.key(found.group(2))) + end
        if DISCARD.match(bare):
            return self.reset("all") + end
        for pattern, undo in LEFT if self.pooled else ():
            found = pattern.match(bare)
            if found:
                self.left.append(found.expand(undo))
        return self.calls(bare, values) + end

    @staticmethod
    def key(name):
        name = " ".join(name.lower().split()).replace('"', "")
        return OTHER_NAMES.get(name, name)

    def set(self, key, name, value, values):
        if DEFAULT.match(value):
            return self.reset(key)
        self.said.pop(key, None)
        self.said[key] = ("SET LOCAL " + name + value, values, "SET " + name + value)
        return "SET LOCAL " + name + value

    def reset(self, key):
        if key == "all":
            gone = [other for other in self.said if not isinstance(other, tuple) and other not in ROLES]
            return "; ".join(self.reset(other) for other in gone) or "SET LOCAL application_name TO DEFAULT"
        self.said.pop(key, None)
        if key in self.first:
            self.said[key] = self.first[key]
            return self.first[key][0]
        return {"role": "SET LOCAL ROLE NONE", "session authorization": "SET LOCAL SESSION AUTHORIZATION DEFAULT"}.get(key, "SET LOCAL %s TO DEFAULT" % key)

    def calls(self, sql, values):
        """set_config() and advisory locks, wherever they are called; what is nothing but such a call is said again."""
        if BODY.match(sql) or not any(pattern.search(sql) for pattern in (SET_CONFIG, LOCK, UNLOCK, UNLOCK_ALL)):
            return sql
        keys, itself = [], sql
        sql = self.configure(sql, keys)
        if self.pooled:
            sql = self.lock(self.unlock(sql, values), values, keys)
        if keys and SELECT.match(sql):
            for key in keys:
                self.said.pop(key, None)
            self.said[keys[0]] = (sql, values, itself)
        return sql

    def configure(self, sql, keys):
        for found in reversed(list(SET_CONFIG.finditer(sql))):
            args = arguments(sql, found.end())
            said = len(args or ()) == 3 and FALSE.fullmatch(sql[slice(*args[2])])
            if said:
                name = re.fullmatch(r"\s*'([\w.]+)'\s*", sql[slice(*args[0])])
                keys.append(self.key(name.group(1)) if name else "set_config " + sql)
                sql = sql[:args[2][0]] + said.group(1) + "true" + sql[args[2][1]:]
        return sql

    def unlock(self, sql, values):
        if UNLOCK_ALL.search(sql):
            self.said = {key: said for key, said in self.said.items() if not isinstance(key, tuple)}
            sql = UNLOCK_ALL.sub("pg_sleep(0)", sql)
        for found in reversed(list(UNLOCK.finditer(sql))):
            self.said.pop(self.name_of_lock(sql, found, 1, values), None)
            # It is held, so it can be had once more, until the transaction ends.
            sql = sql[:found.start()] + "pg_try_advisory_xact_lock" + (found.group(1) or "") + sql[found.end():]
        return sql

    def lock(self, sql, values, keys):
        for found in reversed(list(LOCK.finditer(sql))):
            keys.append(self.name_of_lock(sql, found, 2, values))
            sql = sql[:found.start()] + "pg_%sadvisory_xact_lock%s" % (found.group(1) or "", found.group(2) or "") + sql[found.end():]
        return sql

    @staticmethod
    def name_of_lock(sql, found, group, values):
        args = arguments(sql, found.end()) or ()
        return ("lock", bool(found.group(group)), tuple("".join(sql[slice(*place)].split()) for place in args), repr(values or None))
