/*
 * values.c - numbers, sizes, times and words (values.h).
 */
#include "values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/slice.h"

bool
value_number(const char *text, uint64_t most, uint64_t *value_r)
{
	uint64_t value;

	if (!slice_number(slice_of(text), &value) || value > most)
		return false;
	*value_r = value;
	return true;
}

/* The power of two that a unit stands for. False: there is no such unit. */
static bool
unit_shift(const char *unit, int *shift_r)
{
	static const char units[] = "kmgt";
	const char *at = *unit != '\0' ? strchr(units, tolower((unsigned char)*unit)) : NULL;

	*shift_r = at != NULL ? 10 * (int)(at - units + 1) : 0;
	if (at == NULL)
		return *unit == '\0';
	return unit[1] == '\0' || strcasecmp(unit + 1, "B") == 0 || strcasecmp(unit + 1, "iB") == 0;
}

bool
value_size(const char *text, size_t *size_r)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t value;
	int shift;

	if (!slice_number((slice){ (const uint8_t *)text, digits }, &value) || !unit_shift(text + digits, &shift))
		return false;
	if (value > (SIZE_MAX >> shift))
		return false;
	*size_r = (size_t)value << shift;
	return true;
}

bool
value_seconds(const char *text, nstime *time_r)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= 0) || value > 1e9)
		return false;
	*time_r = (nstime)(value * (double)NSTIME_S);
	return true;
}

bool
value_choice(const char *text, const char *const *names, int *index_r)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(text, names[i]) == 0) {
			*index_r = i;
			return true;
		}
	return false;
}

/* What stands behind NAME:, or NULL. */
static const char *
behind(const char *text, const char *name)
{
	size_t n = strlen(name);

	return strncmp(text, name, n) == 0 && text[n] == ':' ? text + n + 1 : NULL;
}

bool
value_limit(const char *text, const char *name, uint64_t unit, uint64_t *value_r)
{
	const char *number = behind(text, name);
	uint64_t value;

	if (number == NULL || !value_number(number, UINT64_MAX / unit, &value) || value == 0)
		return false;
	*value_r = value * unit;
	return true;
}

bool
value_limit_time(const char *text, const char *name, nstime *time_r)
{
	const char *number = behind(text, name);
	nstime time;

	if (number == NULL || !value_seconds(number, &time) || time == 0)
		return false;
	*time_r = time;
	return true;
}
