CREATE ROLE "corpus role";
CREATE SCHEMA "s.p q""r";
ALTER DEFAULT PRIVILEGES IN SCHEMA "s.p q""r" GRANT SELECT ON TABLES TO "corpus role";
CREATE TYPE "s.p q""r"."ty[pe]" AS ENUM ('a,b', 'it''s', 'back\slash');
CREATE TYPE "s.p q""r"."ty[pe]_before" AS ENUM ('x');
CREATE TABLE "s.p q""r"."t.a""b%L" ("select" integer PRIMARY KEY, "UPPER" text DEFAULT E'a\\b\n''c', "очень_длинное_имя_этой_колонки" text,
	"列" "s.p q""r"."ty[pe]" DEFAULT 'back\slash', "a,b" integer, "%{x}" integer);
INSERT INTO "s.p q""r"."t.a""b%L" VALUES (1, 'x', 'y', 'it''s', 2, 3);
CREATE INDEX "i[x],""y" ON "s.p q""r"."t.a""b%L" ("a,b", ("%{x}" + 1));
COMMENT ON TABLE "s.p q""r"."t.a""b%L" IS 'back\slash ''quoted'' %N [x]
two lines';
CREATE VIEW "s.p q""r"."V" AS SELECT "a,b", "UPPER" AS "Sel ect" FROM "s.p q""r"."t.a""b%L";
CREATE FUNCTION "s.p q""r"."F%"("A b" integer DEFAULT 1, "$x" text DEFAULT '$$') RETURNS text LANGUAGE plpgsql AS $outer$ BEGIN RETURN $$x$$; END $outer$;
GRANT SELECT ("a,b"), UPDATE ("UPPER") ON "s.p q""r"."t.a""b%L" TO "corpus role";
CREATE TABLE "one,two" (a integer);
CREATE TABLE "child,ren" () INHERITS ("one,two");
