/*
 * banned.h - functions that nobody calls here: using one is a compile error.
 *
 * Included in front of every file by the build.  They write without a limit (strcpy, strcat, sprintf, gets), keep hidden state
 * (strtok) or hide failure (atoi and its kin).  base/str.h and arena_printf() do what they were wanted for.
 *
 * The system's headers come first, since they declare what is poisoned behind them.
 */
#ifndef BRANT_BASE_BANNED_H
#define BRANT_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#pragma GCC poison strcpy strcat stpcpy strncpy strncat sprintf vsprintf strtok gets atoi atol atoll atof

#endif
