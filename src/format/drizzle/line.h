#ifndef BRANT_FORMAT_DRIZZLE_LINE_H
#define BRANT_FORMAT_DRIZZLE_LINE_H

/* The two lines of drizzle-kit: 0.22 to 0.31 keep a journal, 1.0 keeps a folder a migration; they write different names, too. */
enum drizzle_line { DRIZZLE_0, DRIZZLE_1 };

#endif
