"""What is seen of a run while it goes on: lines, a bar where there are many, a clock where it takes long."""
import re
import time


def slow(project, at=1):
    project.migration(f"{at:04}_slow.sql", "SELECT pg_sleep(1.2);\n")


def screen(result):
    """What is left on the terminal in the end: a line that was drawn over is gone."""
    lines = [re.split(r"\r\x1b\[K", line)[-1] for line in result.stdout.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))


def test_few_are_lines(brant, project, database):
    project.tables(19, start=2)
    slow(project)
    result = brant.on_terminal("up")
    assert result.status == 0
    assert screen(result).count("applied 00") == 20 and "applied 20 migrations" in screen(result), screen(result)
    assert re.search(r"applying.*  0001_slow  .*\d(\.\d)? m?s", result.stdout) and "[" + "=" not in result.stdout, result.stdout
    assert "applying" not in screen(result)


def test_many_are_a_bar(brant, project, database):
    project.tables(29, start=2)
    slow(project, 31)
    result = brant.on_terminal("up")
    assert result.status == 0
    assert re.search(r"applying.* \[=+>\] 29/30  0031_slow", result.stdout), result.stdout
    assert screen(result).strip() == re.search(r"applied 30 migrations in .*", screen(result)).group().strip(), screen(result)


def test_many_are_lines_for_who_asks(brant, project, database):
    project.tables(30)
    assert screen(brant.on_terminal("up", "-v")).count("applied 00") == 30
    for number in range(1, 31):
        project.migration(f"{number:04}_t{number}.down.sql", f"DROP TABLE public.t{number};\n")
    assert brant("down", "30", expect=0).stderr.count("undone 00") == 30
    assert brant("up", expect=0).stderr.count("applied 00") == 30


def test_a_terminal_that_cannot_draw_gets_lines(brant, project, database):
    project.tables(30)
    assert brant.on_terminal("up", env={"TERM": "dumb"}).stdout.count("applied 00") == 30


def test_a_failure_among_many_is_told(brant, project, database):
    project.tables(30)
    project.migration("0025_t25.sql", "SELECT pg_sleep(0.5);\nSELECT 1/0;\n")
    result = brant.on_terminal("up")
    assert result.status == 1
    assert "0025_t25.sql:2" in screen(result) and "division by zero" in screen(result) and "[=" not in screen(result), screen(result)
    assert len(database.applied()) == 24


def test_a_replay_is_a_bar_and_no_lines(brant, project, database):
    """Also of few migrations: whoever baselines wants to know that it goes on, not what was done on a throwaway server."""
    project.tables(2)
    slow(project, 3)
    brant("up", expect=0)
    database.query("DELETE FROM public.schema_migrations")
    result = brant.on_terminal("baseline")
    assert result.status == 0, result.stdout
    assert re.search(r"replaying the history.* \[=+>? *\] 2/3  0003_slow", result.stdout), result.stdout
    assert "applied 000" not in result.stdout and "[=" not in screen(result), screen(result)


def test_an_index_says_how_far_it_is(brant, project, database):
    project.migration("0001_t.sql", """CREATE TABLE public.t (id int, filler text);
        INSERT INTO public.t SELECT i, repeat('x', 500) FROM generate_series(1, 500) i;
        CREATE FUNCTION public.slow(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN n; END $$;""")
    project.migration("0002_index.sql", "CREATE INDEX CONCURRENTLY t_slow ON public.t (public.slow(id));\n")
    result = brant.on_terminal("up")
    assert result.status == 0, result.stdout
    assert re.search(r"0002_index: building index: scanning table, \d+ %", result.stdout), result.stdout


def test_quiet(brant, project, database):
    """Who asks for quiet gets results, warnings and errors; what is there for programs stays."""
    project.tables(2)
    project.migration("0002_t2.down.sql", "DROP TABLE public.t2;\n")

    def says(*args):
        result = brant("-q", *args, expect=0)
        assert result.stderr == "", str(result)
        return result.stdout
    assert says("check", "--offline") == says("up") == says("up") == says("down") == says("up", "--to", "0002") == ""
    assert '"applied": 0' in says("up", "--json")
    assert says("new", "more", "--up-only") == "migrations/0003_more.sql\n"
    assert "0003" in says("status") and "brant up" not in says("status")
    assert "CREATE" not in says("up", "--dry-run") and "0003_more" in says("up", "--dry-run")


def test_a_build_names_whom_it_waits_for(brant, project, database):
    """An old transaction holds up CREATE INDEX CONCURRENTLY; the log says which, and the build goes on when it ends."""
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\n")
    brant("up", expect=0)
    project.migration("0002_i.sql", "CREATE INDEX CONCURRENTLY t_id ON public.t (id);\n")
    with database.holding("UPDATE public.t SET id = id", application="nightly-report") as pid:
        process = brant.start("up")
        time.sleep(5)
        assert process.poll() is None
    result = brant.finish(process)
    assert result.status == 0 and f"pid {pid} (nightly-report, " in result.stderr, str(result)


def test_a_table_fits_the_terminal(brant, project, database):
    """Names are cut where the line would be broken; in a file or a pipe they are whole."""
    name = "a_name_that_says_all_that_there_is_to_say_of_it_twice_over"
    project.migration(f"20260101120000_{name}.sql", "SELECT 1;")
    project.migration("20260101120001_short.sql", "SELECT 1;")
    shown = brant.on_terminal("status", "--color", "never").stdout
    assert name not in shown and "a_name_that_" in shown and "..." in shown
    lines = [line.rstrip("\r") for line in shown.split("\n") if "20260101120" in line or line.startswith("version")]
    assert len(lines) == 3 and all(len(line) <= 80 for line in lines), shown
    assert len({line.index("state" if "state" in line else "pending") for line in lines}) == 1
    assert name in brant("status").stdout and name in brant("status", "--json").stdout
