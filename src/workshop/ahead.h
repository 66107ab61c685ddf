/*
 * ahead.h - the session in which a migration will be proved, opened before there is one.
 *
 * A new backend spends most of its first load of a few tables on opening its catalogs, reading the queries and planning them.  While the wanted schema is
 * made in another session of the throwaway server, or brant itself is at work, that can be done on the other processor.
 */
#ifndef BRANT_WORKSHOP_AHEAD_H
#define BRANT_WORKSHOP_AHEAD_H

#include "workshop/workshop.h"

/* Opens it where somebody will need it (shop->proves) and the server is ready by now.  Nothing that fails here is told. */
void workshop_look_ahead(struct workshop *shop);

/* It becomes the session that is open, where it is of this database and fit to be used. */
bool workshop_take_ahead(struct workshop *shop, const char *database);

void workshop_close_ahead(struct workshop *shop);

#endif
