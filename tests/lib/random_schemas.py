"""Random pairs of schemas that have much in common, for `make schema-many` (and a few in make test).

A schema is a dict of lists of dicts; to change it is to change these.  What refers to something that is not there any more is left out when it
is written as SQL, so that a change may drop or retype whatever it likes.  A seed gives the same pair on every machine.
"""
import copy
import random
import re

NUMBERS = {"integer", "bigint", "smallint", "numeric", "numeric(10,2)", "double precision"}
TEXTS = {"text", "varchar(40)"}
LITERALS = {
    "integer": ["0", "42", "(-1)"], "bigint": ["7"], "smallint": ["1"], "numeric": ["1.5"], "numeric(10,2)": ["0.00"], "double precision": ["1.5"],
    "text": ["''", "'it''s'"], "varchar(40)": ["'v'"], "boolean": ["true", "false"], "timestamptz": ["now()"], "timestamp": ["'2020-01-01'"],
    "date": ["CURRENT_DATE"], "jsonb": ["'{}'"], "uuid": ["gen_random_uuid()"], "text[]": ["'{}'", "ARRAY['a', 'b']"], "integer[]": ["'{1,2}'"],
    "interval": ["'1 day'"], "inet": ["'127.0.0.1'"], "tstzrange": ["'empty'"], "bytea": ["'\\x00'"], "char(5)": ["'ab'"],
}
RETYPES = {
    "integer": ["bigint", "numeric", "text", "smallint"], "bigint": ["integer", "text"], "text": ["varchar(40)", "integer", "jsonb"],
    "varchar(40)": ["text"], "numeric": ["integer", "text"], "timestamptz": ["timestamp", "date", "text"], "timestamp": ["timestamptz"],
    "date": ["timestamptz"], "boolean": ["text"], "jsonb": ["text"], "uuid": ["text"], "text[]": ["integer[]", "text"], "smallint": ["integer"],
}
KINDS = ("enums", "domains", "composites", "functions", "tables", "indexes", "keys", "views", "triggers", "policies", "grants", "comments")
WORDS = ["user", "order", "item", "Account", "post", "log entry", "team", "note"]


def quoted(name):
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in ("user", "order") else f'"{name}"'


def ident(thing):
    return f"{quoted(thing['schema'])}.{quoted(thing['name'])}"


class Schema:
    def __init__(self, rng):
        self.rng = rng
        self.schemas = ["public", "app"]
        self.serial = 0
        for kind in KINDS:
            setattr(self, kind, [])
        for kind, most in zip(KINDS, (3, 2, 2, 3, 6, 4, 4, 6, 3, 3, 3, 3)):
            for _ in range(rng.randint(kind == "tables", most)):
                self.add(kind)

    # -- adding

    def add(self, kind):
        thing = getattr(self, "new_" + kind)()
        if thing:
            self.serial += 1
            thing.setdefault("schema", self.rng.choice(self.schemas))
            thing["name"] = f"{self.rng.choice(WORDS)}_{kind[:2]}{self.serial}"
            getattr(self, kind).append(thing)

    def any_of(self, kind, **wanted):
        found = [x for x in getattr(self, kind) if all(x.get(k) == v for k, v in wanted.items())]
        return self.rng.choice(found) if found else None

    def find(self, kind, name):
        return next((x for x in getattr(self, kind) if x["name"] == name), None)

    def new_enums(self):
        return {"labels": self.rng.sample(["new", "open", "Done", "x y", "closed", "void"], self.rng.randint(2, 5))}

    def new_domains(self):
        return {"base": self.rng.choice(["integer", "text", "numeric(10,2)"]), "checked": self.rng.random() < .6}

    def new_composites(self):
        return {"parts": {f"a{i}": self.type(False) for i in range(self.rng.randint(1, 3))}}

    def new_functions(self):
        return {"what": self.rng.choice(["number", "trigger", "yes", "count"]), "body": self.rng.randint(1, 9), "of": (self.any_of("tables") or {}).get("name")}

    def type(self, composites=True):
        # A domain gets no check while it stands in another type whose values are in columns.
        roll, kinds = self.rng.random(), ["enums"] + ["domains", "composites"] * composites
        other = self.any_of(self.rng.choice(kinds)) if roll < .3 else None
        return ("own", other["name"], roll < .04 and "labels" in other) if other else ("base", self.rng.choice(list(LITERALS)), False)

    def column(self):
        rng, kind = self.rng, self.type()
        column = {"type": kind, "not_null": rng.random() < .3, "default": rng.random() < .35, "from": None, "identity": False, "collate": rng.random() < .1}
        if kind[1] in ("integer", "bigint") and rng.random() < .15:
            column.update(identity=True, not_null=True, default=False)
        return column

    def new_tables(self):
        rng = self.rng
        table = {"columns": {}, "primary": rng.random() < .8, "unique": [], "checks": {}, "parent": None, "parts": [], "secured": rng.random() < .3}
        key = rng.choice(["integer", "bigint", "uuid", "text"])
        table["columns"]["id"] = {"type": ("base", key, False), "not_null": True, "default": False, "from": None, "identity": key in NUMBERS, "collate": False}
        for i in range(rng.randint(1, 6)):
            table["columns"][f"{rng.choice(WORDS)}_c{i}"] = self.column()
        if rng.random() < .15:
            table.update(parts=[1, 2], primary=False)
        elif rng.random() < .2:
            table.update(parent=(self.any_of("tables", parts=[], parent=None) or {}).get("name"), primary=False)
        for column in rng.sample(list(table["columns"]), min(2, len(table["columns"]))):
            table["checks"][f"check_{column[-2:]}"] = column
        if not table["parts"] and rng.random() < .3:
            table["unique"] = [rng.choice(list(table["columns"]))]
        return table

    def of_table(self, **more):
        table = self.any_of("tables")
        return table and {"of": table["name"], "schema": table["schema"], "column": self.rng.choice(list(table["columns"]) or ["id"]), **more}

    def new_indexes(self):
        return self.of_table(unique=self.rng.random() < .2, partial=self.rng.random() < .2)

    def new_keys(self):
        to = self.any_of("tables", primary=True, parts=[], parent=None)
        return to and self.of_table(to=to["name"], action=self.rng.choice(["", " ON DELETE CASCADE", " DEFERRABLE INITIALLY DEFERRED"]))

    def new_views(self):
        over = self.any_of(self.rng.choice(["tables", "views"])) or self.any_of("tables")
        return over and {"over": over["name"], "all": self.rng.random() < .3, "pick": self.rng.random(), "stored": self.rng.random() < .2}

    def new_triggers(self):
        function = self.any_of("functions", what="trigger")
        return function and self.of_table(function=function["name"], when=self.rng.choice(["BEFORE INSERT", "AFTER UPDATE OF"]))

    def new_policies(self):
        return self.of_table(function=(self.any_of("functions", what="yes") or {}).get("name"), to=self.rng.choice(["PUBLIC", "many_reader"]))

    def new_grants(self):
        thing = self.any_of(self.rng.choice(["tables", "views", "enums"]))
        return thing and {"of": thing["name"], "to": self.rng.choice(["PUBLIC", "many_reader"])}

    def new_comments(self):
        return self.of_table(text=self.rng.choice(["it''s", "two\nlines"]))

    # -- changing

    def change(self):
        """The same schema after some of its life."""
        other = copy.copy(self)
        for kind in KINDS:
            setattr(other, kind, copy.deepcopy(getattr(self, kind)))
        for _ in range(self.rng.randint(1, 10)):
            other.change_once()
        return other

    def change_once(self):
        rng, kind = self.rng, self.rng.choice(KINDS + ("tables",) * 8)
        thing = self.any_of(kind)
        if not thing or rng.random() < .2:
            self.add(kind)
        elif rng.random() < .15:
            getattr(self, kind).remove(thing)
        elif kind == "tables":
            self.change_table(thing)
        elif kind == "enums":
            labels = thing["labels"]
            rng.choice([lambda: labels.insert(rng.randint(0, len(labels)), f"more{rng.randint(1, 99)}"), lambda: len(labels) > 1 and labels.pop(),
                        lambda: rng.shuffle(labels)])()
        elif kind == "composites":
            thing["parts"][rng.choice(["a0", "a1", "b0"])] = self.type(False)
        else:
            thing.update({k: v for k, v in (getattr(self, "new_" + kind)() or {}).items() if k not in ("of", "schema")})

    def change_table(self, table):
        rng, columns = self.rng, table["columns"]
        name = rng.choice(list(columns) or [None])
        what = rng.choice(["add", "drop", "retype", "retype", "null", "default", "identity", "secured", "check", "part", "key"])
        if what == "add" or not name:
            columns[f"new_{self.serial}"] = self.column()
            self.serial += 1
        elif what == "drop":
            del columns[name]
        elif what == "retype" and columns[name]["type"][1] in RETYPES:
            columns[name]["type"] = ("base", rng.choice(RETYPES[columns[name]["type"][1]]), False)
        elif what in ("null", "default", "identity"):
            field = {"null": "not_null"}.get(what, what)
            columns[name][field] = not columns[name][field]
        elif what == "secured":
            table["secured"] = not table["secured"]
        elif what == "check":
            table["checks"].pop(next(iter(table["checks"]), None), None)
        elif what == "part" and table["parts"]:
            table["parts"] = [1, 2, 3] if len(table["parts"]) < 3 else [2]
        elif what == "key" and not table["parts"] and not table["parent"]:
            table["primary"] = not table["primary"]

    # -- writing

    def type_name(self, kind):
        if kind[0] == "base":
            return kind[1]
        own = next((x for k in ("enums", "domains", "composites") if (x := self.find(k, kind[1]))), None)
        return own and ident(own) + ("[]" if kind[2] else "")

    def default_of(self, column):
        enum = self.find("enums", column["type"][1])
        if column["type"][0] == "base":
            return LITERALS[column["type"][1]][-1]
        return ("'{}'" if column["type"][2] else f"'{enum['labels'][0]}'") if enum else None

    def columns_of(self, table):
        parent = self.find("tables", table["parent"]) if table["parent"] else None
        kept = {n: c for n, c in table["columns"].items() if self.type_name(c["type"])}
        return {**(self.columns_of(parent) if parent else {}), **kept}

    def sql(self):
        lines = ["CREATE SCHEMA app;"]
        lines += [f"CREATE TYPE {ident(x)} AS ENUM ({', '.join(map(repr, x['labels']))});" for x in self.enums]
        for domain in self.domains:
            check = "VALUE > -5" if domain["base"] in NUMBERS else "length(VALUE) < 90"
            lines.append(f"CREATE DOMAIN {ident(domain)} AS {domain['base']}{f' CHECK ({check})' if domain['checked'] else ''};")
        for composite in self.composites:
            parts = [f"{n} {self.type_name(t)}" for n, t in composite["parts"].items() if self.type_name(t)]
            lines.append(f"CREATE TYPE {ident(composite)} AS ({', '.join(parts)});")
        lines += [self.function_sql(x) for x in self.functions if x["what"] != "count"]
        # What leaves its parent cannot join it again without having its columns of its own.
        tables = sorted([t for t in self.tables if not t["parent"] or self.find("tables", t["parent"])], key=lambda t: bool(t["parent"]))
        for table in tables:
            lines += self.table_sql(table)
        seen = {t["name"]: self.columns_of(t) for t in tables}
        for view in self.views:
            lines += self.view_sql(view, seen)
        for kind, write in (("indexes", self.index_sql), ("keys", self.key_sql), ("triggers", self.trigger_sql), ("policies", self.policy_sql), ("comments", self.comment_sql)):
            for thing in getattr(self, kind):
                table = self.find("tables", thing["of"])
                if table in tables and thing["column"] in self.columns_of(table):
                    lines.append(write(thing, table, quoted(thing["column"])))
        lines += [self.function_sql(x) for x in self.functions if x["what"] == "count" and self.find("tables", x["of"]) in tables]
        for grant in self.grants:
            for kind, word in (("tables", "SELECT ON"), ("enums", "USAGE ON TYPE")):
                if (thing := self.find(kind, grant["of"])) and (kind != "tables" or thing in tables):
                    lines.append(f"GRANT {word} {ident(thing)} TO {grant['to']};")
        return "\n".join(filter(None, lines)) + "\n"

    def function_sql(self, function):
        name, body = ident(function), function["body"]
        if function["what"] == "trigger":
            return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN /* {body} */ RETURN NEW; END $$;"
        if function["what"] == "count":
            return f"CREATE FUNCTION {name}() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM {ident(self.find('tables', function['of']))} $$;"
        result = "boolean" if function["what"] == "yes" else "integer"
        return f"CREATE FUNCTION {name}() RETURNS {result} LANGUAGE sql STABLE AS $$ SELECT {f'{body} > 3' if result == 'boolean' else body} $$;"

    def table_sql(self, table):
        parent = self.find("tables", table["parent"]) if table["parent"] else None
        inherited = self.columns_of(parent) if parent else {}
        body = [self.column_sql(n, c, table) for n, c in table["columns"].items() if n not in inherited and self.type_name(c["type"])]
        has = self.columns_of(table)
        if table["parts"]:
            body.append("part integer NOT NULL")
        elif table["primary"] and "id" in table["columns"]:
            body.append("PRIMARY KEY (id)")
        body += [f"UNIQUE ({quoted(c)})" for c in table["unique"] if c in has and has[c]["type"][1] != "jsonb" and has[c]["type"][0] == "base"]
        for name, column in table["checks"].items():
            kind = has[column]["type"][1] if column in has and column not in inherited else None
            if kind in NUMBERS | TEXTS:
                body.append(f"CONSTRAINT {quoted(table['name'] + name)} CHECK ({quoted(column)} " + ("> -10)" if kind in NUMBERS else "<> '')"))
        more = f" INHERITS ({ident(parent)})" if parent else " PARTITION BY LIST (part)" if table["parts"] else ""
        lines = [f"CREATE TABLE {ident(table)} (\n    " + ",\n    ".join(body) + f"\n){more};"]
        for part in table["parts"]:
            lines.append(f"CREATE TABLE {ident({**table, 'name': table['name'] + f'_{part}'})} PARTITION OF {ident(table)} FOR VALUES IN ({part});")
        return lines + ([f"ALTER TABLE {ident(table)} ENABLE ROW LEVEL SECURITY;"] if table["secured"] else [])

    def column_sql(self, name, column, table):
        kind, text = column["type"][1], f"{quoted(name)} {self.type_name(column['type'])}"
        default = self.default_of(column) if column["default"] else None
        family = bool(table["parts"] or table["parent"] or any(t["parent"] == table["name"] for t in self.tables))
        if column["collate"] and kind in TEXTS:
            text += ' COLLATE "C"'
        if column["not_null"]:
            text += " NOT NULL"
        if column["identity"] and column["not_null"] and kind in ("integer", "bigint") and not family:
            return text + " GENERATED BY DEFAULT AS IDENTITY"
        return text + (f" DEFAULT {default}" if default else "")

    def view_sql(self, view, seen):
        over = self.find("tables", view["over"]) or self.find("views", view["over"])
        columns = seen.get(view["over"])
        if not columns:
            return []
        pick = random.Random(view["pick"])
        names = list(columns) if view["all"] else [n for n in columns if pick.random() < .6] or list(columns)[:1]
        seen[view["name"]] = {n: columns[n] for n in names}
        where = f" WHERE {quoted(names[0])} IS NOT NULL" if pick.random() < .5 else ""
        return [f"CREATE {'MATERIALIZED ' if view['stored'] else ''}VIEW {ident(view)} AS SELECT {', '.join(map(quoted, names))} FROM {ident(over)}{where};"]

    def index_sql(self, index, table, column):
        kind = self.columns_of(table)[index["column"]]["type"]
        if kind[0] != "base" or kind[1] == "jsonb":
            return None
        unique = "UNIQUE " if index["unique"] and not table["parts"] else ""
        return f"CREATE {unique}INDEX {quoted(index['name'])} ON {ident(table)} ({column}){f' WHERE {column} IS NOT NULL' if index['partial'] else ''};"

    def key_sql(self, key, table, column):
        to = self.find("tables", key["to"])
        if not to or not to["primary"] or to["parts"] or to["parent"] or "id" not in to["columns"]:
            return None
        if self.columns_of(table)[key["column"]]["type"] != to["columns"]["id"]["type"]:
            return None
        return f"ALTER TABLE {ident(table)} ADD CONSTRAINT {quoted(key['name'])} FOREIGN KEY ({column}) REFERENCES {ident(to)} (id){key['action']};"

    def trigger_sql(self, trigger, table, column):
        function = self.find("functions", trigger["function"])
        if not function or function["what"] != "trigger":
            return None
        when = trigger["when"] + (f" {column}" if trigger["when"].endswith("OF") else "")
        return f"CREATE TRIGGER {quoted(trigger['name'])} {when} ON {ident(table)} FOR EACH ROW EXECUTE FUNCTION {ident(function)}();"

    def policy_sql(self, policy, table, column):
        function = self.find("functions", policy["function"]) if policy["function"] else None
        test = f"{ident(function)}()" if function and function["what"] == "yes" else f"{column} IS NOT NULL"
        return f"CREATE POLICY {quoted(policy['name'])} ON {ident(table)} TO {policy['to']} USING ({test});"

    @staticmethod
    def comment_sql(comment, table, column):
        return f"COMMENT ON COLUMN {ident(table)}.{column} IS '{comment['text']}';"


def pair(seed):
    """Two scripts; the same for the same seed."""
    schema = Schema(random.Random(seed))
    return schema.sql(), schema.change().sql()


def write(folder, seeds):
    """As cases for make corpus."""
    for seed in seeds:
        case = folder / f"{seed:06}"
        case.mkdir(parents=True)
        for name, sql in zip(("old.sql", "new.sql"), pair(seed)):
            (case / name).write_text(sql)
