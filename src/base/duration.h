/*
 * duration.h - lengths of time as people write them: "2s", "500ms", "1.5min", "1h", "2" (seconds), "0" and "off".
 *
 * The units are those of PostgreSQL's settings (us, ms, s, min, h, d), so that a value can be carried over; a plain number is seconds,
 * not milliseconds.
 */
#ifndef BRANT_BASE_DURATION_H
#define BRANT_BASE_DURATION_H

#include "base/str.h"

/* false when it is none, or longer than 24 days (PostgreSQL's timeouts are 32-bit milliseconds). */
bool duration_parse(struct str text, double *ret_seconds);

#endif
