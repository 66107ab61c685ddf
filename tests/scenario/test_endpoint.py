"""doctor and init: what is at the other end of a URL, and what is said when nothing is."""
import json
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import urllib.parse

import pytest

from lib import checks
from lib.brant import Brant

SECRET = "S3cret-pa55word"


def doctor(brant, url, expect=0):
    return json.loads(brant("doctor", "--json", url=url, expect=expect).stdout)


def findings(report):
    return {f["name"]: f for f in report["findings"]}


def with_parts(url, user=None, password=None, database=None, query=None):
    parts = urllib.parse.urlsplit(url)
    user = user or parts.username
    password = parts.password if password is None else password
    return urllib.parse.urlunsplit((parts.scheme, f"{user}:{password}@{parts.hostname}:{parts.port}",
                                    f"/{database}" if database else parts.path, query or "", ""))


@pytest.fixture
def bare(project):
    """The project's folder without anything in it."""
    (project.path / "migrations").rmdir()
    return project


@pytest.fixture
def offline(project, tmp_path):
    brant = Brant(project.path, tmp_path / "home")
    yield brant
    brant.stop_all()


# What an endpoint is.

def test_doctor_tells_pooler_from_server(database, brant):
    pooled, direct = doctor(brant, database.url), doctor(brant, database.direct)
    assert pooled["pooler"] is True and direct["pooler"] is False
    assert pooled["server"].startswith("PostgreSQL ") and pooled["url_origin"] == "DATABASE_URL in the environment"
    schemas = {s["schema"]: s["whose"] for s in pooled["schemas"]}
    assert schemas["auth"] == "the platform's" and schemas["public"] == "yours"
    assert database.name in pooled["database"]


def test_doctor_reads_as_text(database, brant, project):
    project.migration("0001_a.sql", "CREATE TABLE a (i int);")
    brant("up", expect=0)
    result = brant("doctor", expect=0)
    for part in ("server:", "through a pooler", "round trip:", "1 applied, 0 pending", "the platform's", "brant's"):
        assert part in result.stdout, result.stdout
    assert result.stderr == ""


def test_doctor_changes_nothing(database, brant):
    before = database.picture()
    database.forget_statements()
    brant("doctor", expect=0)
    sent = [s.text.strip() for s in database.statements()]
    # The ledger is asked with the first question; where there is none, the server's log says so.
    other = [text for text in sent if not re.match(r"(--.*\n)*\s*(SELECT|WITH)\b|relation .* does not exist$", text, re.I)]
    assert sent and not other, other
    assert database.picture() == before


def test_doctor_compares_timeouts(database, brant, project):
    report = findings(doctor(brant, database.url))
    assert report["lock-timeout"]["level"] == "good", report
    (project.path / "brant.yaml").write_text("lock_timeout: 20s\n")
    report = findings(doctor(brant, database.url))
    assert report["lock-timeout"]["level"] == "warning", report


def test_doctor_sees_a_role_without_rights(database, brant):
    role = f"weak_{database.name}"
    database.query(f"CREATE ROLE {role} LOGIN PASSWORD '{SECRET}'")
    database.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        report = doctor(brant, with_parts(database.direct, role, SECRET), expect=1)
        assert findings(report)["create-public"]["level"] == "bad"
        assert findings(report)["create-schema"]["level"] == "warning"
        assert report["error"]["name"] == "endpoint-unfit"
        database.query("CREATE TABLE public.schema_migrations (version text PRIMARY KEY)")
        finding = findings(doctor(brant, with_parts(database.direct, role, SECRET), expect=1))["migrations"]
        assert finding["level"] == "bad" and "GRANT SELECT, INSERT, DELETE" in finding["text"]
    finally:
        database.query(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_doctor_sees_read_only(database, brant):
    database.query(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    report = doctor(brant, database.direct, expect=1)
    assert findings(report)["read-only"]["level"] == "bad"


def test_doctor_lists_ignored_parameters(database, brant):
    report = doctor(brant, with_parts(database.url, query="pgbouncer=true&connection_limit=1&options=-c%20work_mem%3D1MB"))
    texts = [f["text"] for f in report["findings"] if f["name"] == "url"]
    assert any("connection_limit=1" in t for t in texts) and any("work_mem" in t for t in texts)


# The URL as other tools have it.

@pytest.mark.parametrize("change", [
    lambda url: url.replace("postgresql://", "postgresql+asyncpg://"),
    lambda url: url.replace("postgresql://", "postgresql+psycopg://") + "?prepare_threshold=0",
    lambda url: url + "?pgbouncer=true&connection_limit=1&pool_timeout=20&schema=public",
    lambda url: url + "?prepare=false&max=1",
    lambda url: url + "?options=-c%20lock_timeout%3D1s",
    lambda url: url + "?statement_timeout=5000&search_path=app&sslmode=prefer",
    lambda url: f'"{url}"',
    lambda url: f"  '{url}'\n",
    lambda url: f"DATABASE_URL={url}",
    lambda url: "jdbc:" + url,
], ids=["asyncpg", "psycopg", "prisma", "postgres.js", "options", "settings", "quotes", "blanks", "assignment", "jdbc"])
def test_urls_as_they_are(database, brant, change):
    url = change(database.url.replace("postgres://", "postgresql://"))
    assert brant("status", url=url, expect=0).status == 0


def test_url_as_pairs(database, brant):
    p = urllib.parse.urlsplit(database.url)
    brant("status", url=f"host={p.hostname} port={p.port} user={p.username} password='{p.password}' dbname={p.path[1:]}", expect=0)


def test_pgoptions_do_not_break_the_pooler(database, brant):
    brant("status", env={"PGOPTIONS": "-c lock_timeout=1s"}, expect=0)


@pytest.mark.parametrize("password", ["p#a/b?c@d:e", "100%", "a b", "it's", '"q"', "[x"])
def test_passwords_that_nobody_encoded(database, brant, password):
    role = f"odd_{database.name}"
    database.query(f"CREATE ROLE {role} LOGIN PASSWORD '{password.replace(chr(39), chr(39) * 2)}'")
    try:
        brant("status", url=with_parts(database.direct, role, password), expect=0)
    finally:
        database.query(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize("by", ["brant.yaml", "URL"])
def test_a_search_path_is_the_migrations_not_the_sessions(database, project, brant, by):
    """Of a role it holds for psql's loop; where brant is told of it, the history is replayed with it too."""
    database.query("CREATE SCHEMA app AUTHORIZATION supabase_admin")
    project.migration("0001_t.sql", "CREATE TABLE t (id int PRIMARY KEY);\n")
    project.write("schema.sql", "CREATE TABLE t (id int PRIMARY KEY, n int);\n")
    path = {"query": "search_path=app,public"} if by == "URL" else {}
    assert "search-path-unsaid" not in findings(doctor(brant, database.direct))  # the platform's own begins with public
    if by == "brant.yaml":
        database.query(f"ALTER ROLE supabase_admin IN DATABASE {database.name} SET search_path = app, public")
        told = findings(doctor(brant, database.direct))["search-path-unsaid"]["text"]
        assert "search_path: app, public" in told
        project.write("brant.yaml", "search_path: app, public\n")
        assert "search-path-unsaid" not in findings(doctor(brant, database.direct))
    url = with_parts(database.url, **path)
    brant("up", url=url, expect=0)
    assert database.value("SELECT to_regclass('app.t') IS NOT NULL AND to_regclass('public.t') IS NULL")
    brant("drift", url=url, expect=0)
    assert "app.t ADD COLUMN n" in brant("diff", "--print", url=url, expect=0).stdout
    brant("diff", "add_n", url=url, expect=0)
    brant("up", url=url, expect=0)
    assert database.value("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 't'") == 2
    brant("drift", url=url, expect=0)
    checks.assert_pooler_rules(database)
    checks.assert_nothing_left(database)


def test_a_search_path_is_not_for_a_tool_that_has_its_own(project, brant):
    project.write("brant.yaml", "search_path: app\nformat: prisma\n")
    project.write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    assert '"search_path" is not for projects of Prisma' in brant("status", expect=2).stderr


# What is said when there is nothing.

def failure(brant, url, name, status=1):
    result = brant("status", "--json", url=url)
    assert result.status == status, result
    error = json.loads(result.stdout)["error"]
    assert error["name"] == name, error
    assert error["hint"], error
    text = str(brant("-v", "status", url=url))
    for part in (SECRET, urllib.parse.quote(SECRET)):
        assert part not in text and part not in str(result)
    return error


def test_wrong_password(database, brant):
    failure(brant, with_parts(database.direct, password=SECRET), "password-wrong")


def test_wrong_password_at_the_pooler(database, brant):
    failure(brant, with_parts(database.url, password=SECRET), "password-wrong")


def test_no_password(database, brant):
    url = re.sub(r":[^:@/]*@", "@", database.direct)
    failure(brant, url, "password-missing")


def test_missing_database(database, brant):
    failure(brant, with_parts(database.direct, database="nowhere"), "database-missing")


def test_missing_database_at_the_pooler(database, brant):
    failure(brant, with_parts(database.url, database="nowhere"), "database-missing")


def test_tls_that_is_not_there(database, brant):
    failure(brant, database.direct + "?sslmode=require", "tls-unavailable")


@pytest.fixture
def tls(cluster, database):
    """A pooler that takes TLS only; the certificate, which it signed itself, is for 127.0.0.1 and right.example."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=cluster.dir))
    cluster.user.own(folder)
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=right.example", "-addext", "subjectAltName=DNS:right.example,IP:127.0.0.1", "-keyout", key, "-out", cert],
                   check=True, capture_output=True)
    cluster.user.own(key)
    cert.chmod(0o644)
    pooler = cluster.pooler(client_tls_sslmode="require", client_tls_key_file=key, client_tls_cert_file=cert,
                            client_tls_ca_file=cert)  # or it looks for the system's, which a small system has not
    yield pooler.url(database.name), cert
    pooler.stop()


def test_tls(brant, tls):
    url, cert = tls
    for query in ("", "?sslmode=require", "?ssl=true", "?sslmode=no-verify", f"?sslmode=verify-full&sslrootcert={cert}",
                  f"?sslaccept=strict&sslcert={cert}", "?sslaccept=accept_invalid_certs"):
        assert doctor(brant, url + query)["encrypted"] is True


def test_tls_that_cannot_be(brant, tls):
    url, cert = tls
    failure(brant, url + "?sslmode=disable", "tls-required")
    failure(brant, url + "?sslmode=verify-full", "tls-failed")  # no root anywhere
    failure(brant, url + "?sslrootcert=system", "tls-failed")  # nobody known signed it
    failure(brant, url + "?sslaccept=strict", "tls-failed")
    wrong = url.replace("127.0.0.1", "localhost") + f"?sslmode=verify-full&sslrootcert={cert}"
    assert "another name" in failure(brant, wrong, "tls-failed")["hint"]


def test_a_full_pooler(cluster, database, brant):
    pooler = cluster.pooler(max_client_conn=1)
    connection = database.connect(pooler.url(database.name))
    failure(brant, pooler.url(database.name), "too-many-clients")
    connection.close()
    pooler.stop()


def test_a_pooler_without_its_server(brant, own_cluster):
    pooler = own_cluster.pooler()
    name = own_cluster.create_database()
    own_cluster.stop()
    error = failure(brant, pooler.url(name) + "?connect_timeout=3", "connect-timeout")  # PgBouncer lets its clients wait
    assert "pooler" in error["hint"]


def test_prepared_transactions(brant, own_cluster):
    own_cluster.psql("postgres", "-c", "ALTER SYSTEM SET max_prepared_transactions = 5")
    own_cluster.restart()
    name = own_cluster.create_database()
    own_cluster.psql(name, "-c", "BEGIN", "-c", "CREATE TABLE t (i int)", "-c", "PREPARE TRANSACTION 'left over'")
    report = doctor(brant, own_cluster.url(name))
    assert findings(report)["prepared-transactions"]["level"] == "warning"
    assert "left over" in report["transactions"][0]["what"]


def test_nothing_listens(offline):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    error = failure(offline, f"postgresql://u:{SECRET}@127.0.0.1:{port}/d", "connect-refused")
    assert "dev start" in error["hint"]


def test_unknown_host(offline):
    failure(offline, f"postgresql://u:{SECRET}@nowhere.invalid/d", "host-unknown")


def test_another_server(offline):
    """A web server, for example."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(4)

        def answer():
            for _ in range(4):
                try:
                    client, _ = s.accept()
                    client.recv(100)
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    client.close()
                except OSError:
                    return
        threading.Thread(target=answer, daemon=True).start()
        failure(offline, f"postgresql://u:{SECRET}@127.0.0.1:{s.getsockname()[1]}/d", "not-postgres")


def test_silence(offline):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(4)
        failure(offline, f"postgresql://u:{SECRET}@127.0.0.1:{s.getsockname()[1]}/d?connect_timeout=2", "connect-timeout")


@pytest.mark.parametrize("url, name", [
    ("postgresql://u:[YOUR-PASSWORD]@h/d", "url-placeholder"),
    (f"mysql://u:{SECRET}@h/d", "url-scheme"),
    (f"postgresql://u:{SECRET}@h:port/d", "url-port"),
    (f"postgresql://u:{SECRET}/a@h/d?x=y@z", "url-ambiguous"),
    (f"postgresql://u:{SECRET}@h/d?sslmode=yes", "url-parameter"),
], ids=lambda v: v if v.startswith("url-") else "")
def test_broken_urls(offline, url, name):
    failure(offline, url, name, status=2)


def test_no_url(offline):
    error = failure(offline, None, "no-database", status=2)
    assert ".env" in error["detail"]


def test_url_from_dotenv_with_a_password_in_it(offline, project):
    (project.path / ".env").write_text(f"DATABASE_URL='postgresql://u:{SECRET}@nowhere.invalid/d\n")
    result = offline("status", "--json", url=None)
    error = json.loads(result.stdout)["error"]
    assert error["name"] == "dotenv-invalid" and error["line"] == 1
    assert SECRET not in str(result) + str(offline("status", url=None))


def test_config_with_a_password_in_it(offline, project):
    (project.path / "brant.yaml").write_text(f"url: postgresql://u:{SECRET}@nowhere.invalid/d\nlock: 1\n")
    result = offline("status", url=None, expect=2)
    assert "brant.yaml:2:1" in result.stderr and SECRET not in str(result)
    (project.path / "brant.yaml").write_text(f"url: [postgresql://u:{SECRET}@nowhere.invalid/d]\n")
    result = offline("status", url=None, expect=2)
    assert "brant.yaml:1:6" in result.stderr and SECRET not in str(result)
    (project.path / "brant.yaml").write_text(f"url: postgresql://u:{SECRET}@nowhere.invalid/d\n")
    result = offline("status", url=None, expect=1)
    assert "holds a password" in result.stderr and SECRET not in str(result)


# init

def test_init_in_an_empty_folder(offline, bare, project):
    (project.path / ".git").mkdir()
    result = offline("init", url=None, expect=0)
    assert (project.path / "migrations").is_dir()
    assert (project.path / ".gitignore").read_text() == ".brant/\n"
    assert "DATABASE_URL" in result.stdout and "brant new" in result.stdout
    config = (project.path / "brant.yaml").read_text()
    again = offline("init", url=None, expect=0)
    assert again.stdout.count("there already") == 3
    assert (project.path / "brant.yaml").read_text() == config
    offline("status", url="postgresql://nowhere.invalid/d", expect=1)  # what it wrote can be read


def test_init_finds_what_is_there(offline, bare, project):
    (project.path / "db" / "migrations").mkdir(parents=True)
    (project.path / "db" / "migrations" / "0001_a.sql").write_text("SELECT 1;\n")
    (project.path / ".gitignore").write_text("node_modules\r\n.env")
    (project.path / ".git").mkdir()
    report = json.loads(offline("init", "--json", url=None, expect=0).stdout)
    assert report["folder"] == "db/migrations" and report["migrations"] == 1
    assert "migrations: db/migrations\n" in (project.path / "brant.yaml").read_text()
    assert (project.path / ".gitignore").read_bytes() == b"node_modules\r\n.env\r\n.brant/\r\n"
    assert not (project.path / "migrations").exists()


def test_init_keeps_out_of_the_way(offline, bare, project):
    offline("init", "--dry-run", url=None, expect=0)
    assert not list(project.path.iterdir())
    offline("init", url=None, expect=0)
    assert not (project.path / ".gitignore").exists()  # no repository


def test_init_sees_other_tools(offline, project):
    (project.path / "prisma").mkdir()
    (project.path / "prisma" / "schema.prisma").write_text("")
    offline("init", url=None, expect=0)
    assert (project.path / "prisma/migrations").is_dir()
    (project.path / "brant.yaml").unlink()
    offline("init", "--format", "plain", url=None, expect=0)
    assert "format: plain" in (project.path / "brant.yaml").read_text()


def test_init_example_applies(database, brant, project):
    brant("init", "--example", expect=0)
    brant("up", expect=0)
    assert database.applied() == ["0001"]
    brant("down", expect=0)
    assert database.applied() == []
