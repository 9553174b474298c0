#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/files.h"

enum { NUMBERS = 100000, ADDED = sizeof "_00001_20261122123456" };

void
names_init(struct names *names, const char *path, unsigned keep)
{
	*names = (struct names){ .path = path, .keep = keep, .kept = xcalloc(keep > 0 ? keep : 1, sizeof(char *)) };
}

void
names_fini(struct names *names)
{
	for (unsigned i = 0; names->kept != NULL && (i == 0 || i < names->keep); i++)
		free(names->kept[i]);
	free(names->kept);
	*names = (struct names){ 0 };
}

static char **
place_of(const struct names *names, uint64_t number)
{
	return &names->kept[names->keep > 0 ? number % names->keep : 0];
}

bool
names_make_room(struct names *names)
{
	const char *oldest = *place_of(names, names->n);

	return names->keep > 0 && oldest != NULL && files_ask(FILES_REMOVE, oldest, NULL) == 0;
}

/* Of the directory's dots none counts. */
static size_t
stem_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(slash != NULL ? slash : path, '.');

	return dot != NULL ? (size_t)(dot - path) : strlen(path);
}

static void
stamp(nstime when, char text[sizeof "20261122123456"])
{
	time_t seconds = (time_t)(when / NSTIME_S);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL || strftime(text, sizeof "20261122123456", "%Y%m%d%H%M%S", &tm) == 0)
		memset(text, '0', sizeof "20261122123456" - 1);	/* before the year 0, or behind 9999 */
	text[sizeof "20261122123456" - 1] = '\0';
}

const char *
names_next(struct names *names, nstime when)
{
	char **place = place_of(names, names->n++), when_text[sizeof "20261122123456"];
	size_t stem = stem_of(names->path), size = strlen(names->path) + ADDED + 1;

	stamp(when, when_text);
	free(*place);
	*place = xcalloc(size, 1);
	snprintf(*place, size, "%.*s_%05u_%s%s", (int)stem, names->path, (unsigned)(names->n % NUMBERS), when_text, names->path + stem);
	return *place;
}
