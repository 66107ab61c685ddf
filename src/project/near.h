/*
 * near.h - the known word that was probably meant.
 */
#ifndef BRANT_PROJECT_NEAR_H
#define BRANT_PROJECT_NEAR_H

/* The nearest of a NULL-terminated list, or NULL where none is near enough to be worth saying. */
const char *near_word(const char *word, const char *const *known);

#endif
