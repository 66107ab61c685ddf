CREATE ROLE "corpus role";
CREATE SCHEMA "s.p q""r";
ALTER DEFAULT PRIVILEGES IN SCHEMA "s.p q""r" GRANT INSERT ON TABLES TO "corpus role";
CREATE TYPE "s.p q""r"."ty[pe]" AS ENUM ('it''s', 'back\slash', 'zzz,"', 'a,b');
CREATE TYPE "s.p q""r"."ty[pe]_before" AS ENUM ('x');
CREATE TABLE "s.p q""r"."t.a""b%L" ("select" bigint PRIMARY KEY, "UPPER" varchar(30) DEFAULT E'\\''' NOT NULL, "очень_длинное_имя_этой_колонки" text NOT NULL,
	"列" "s.p q""r"."ty[pe]" DEFAULT 'a,b' NOT NULL, "a,b" numeric NOT NULL, "%{x}" integer);
INSERT INTO "s.p q""r"."t.a""b%L" VALUES (1, 'x', 'y', 'it''s', 2, 3);
CREATE INDEX "i[x],""y" ON "s.p q""r"."t.a""b%L" ("a,b", ("%{x}" + 2));
COMMENT ON TABLE "s.p q""r"."t.a""b%L" IS E'tab\there \\ %%';
CREATE VIEW "s.p q""r"."V" AS SELECT "a,b", "UPPER" AS "Sel ect", 1 AS "o,n" FROM "s.p q""r"."t.a""b%L";
CREATE FUNCTION "s.p q""r"."F%"("A b" integer DEFAULT 2, "$x" text DEFAULT '$function$') RETURNS text LANGUAGE plpgsql AS $outer$ BEGIN RETURN $function$x$function$ || '$$'; END $outer$;
GRANT SELECT ("a,b"), INSERT ("UPPER") ON "s.p q""r"."t.a""b%L" TO "corpus role";
CREATE TABLE "one,two" (a integer);
CREATE TABLE "child,ren" () INHERITS ("one,two");
