/*
 * values.h - numbers, sizes, times and words, as they are written on a command
 * line. False: it is none, and nothing was set.
 */
#ifndef OPTIONS_VALUES_H
#define OPTIONS_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nstime.h"

bool value_number(const char *text, uint64_t most, uint64_t *value_r);
bool value_size(const char *text, size_t *size_r);		/* "64", "64k", "64KiB", "1G": units of 1024 */
bool value_seconds(const char *text, nstime *time_r);		/* "1.5" */
bool value_choice(const char *text, const char *const *names, int *index_r);	/* names: NULL ends them */

/* NAME:NUMBER of -a and -b, in units; never 0. */
bool value_limit(const char *text, const char *name, uint64_t unit, uint64_t *value_r);
bool value_limit_time(const char *text, const char *name, nstime *time_r);

#endif
