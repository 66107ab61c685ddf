"""The companion connection must help and never hinder."""
from lib.checks import wait_until


def test_holds_no_snapshot(project, database, brant):
    """
    One that does makes CREATE INDEX CONCURRENTLY wait for the next renewal, twice an index: a history with twenty of them took a minute and a
    half.
    """
    project.migration("0001_t.sql", "CREATE TABLE public.t (id int);\nSELECT pg_sleep(0.5);\n")
    project.migration("0002_i.sql", "CREATE INDEX CONCURRENTLY i ON public.t (id);\n")
    project.migration("0003_sleep.sql", "SELECT pg_sleep(2);\n")
    process = brant.start("up")
    wait_until(lambda: database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                      "AND application_name = 'brant: lease' AND state = 'idle in transaction'") == 1,
               what="the companion")
    assert database.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                          "AND application_name = 'brant: lease' AND backend_xmin IS NOT NULL") == 0
    result = brant.finish(process)
    assert result.status == 0, str(result)
    assert result.seconds < 4, str(result)
