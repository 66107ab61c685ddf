#include "schema/reading.h"

void reading_settings(struct db *db)
{
	db_send(db,
		STR("SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('quote_all_identifiers', 'off', true), "
		    "pg_catalog.set_config('standard_conforming_strings', 'on', true), pg_catalog.set_config('timezone', 'UTC', true), "
		    "pg_catalog.set_config('datestyle', 'ISO', true), pg_catalog.set_config('intervalstyle', 'postgres', true), "
		    "pg_catalog.set_config('bytea_output', 'hex', true), pg_catalog.set_config('extra_float_digits', '1', true), "
		    "pg_catalog.set_config('lc_monetary', 'C', true)"),
		0, NULL, NULL, NULL);
}
