/*
 * write.c - -w and -b: packets into files.
 */
#include <string.h>

#include "base/limits.h"
#include "parse.h"
#include "values.h"

int
take_write(struct parse *p, const char *path)
{
	if (*path == '\0')
		return usage("-w takes a file");
	if (p->o->write != NULL)
		return usage("-w is there twice: packets go into one file");
	p->o->write = options_keep(p->o, path, strlen(path));
	return -1;
}

/* Kilobytes are 1000 bytes here, as tshark has them. */
int
take_ring(struct parse *p, const char *text)
{
	struct ring_files *r = &p->o->ring;
	uint64_t files = 0;

	r->given = true;
	if (value_limit_time(text, "duration", &r->duration) || value_limit_time(text, "interval", &r->interval)
	    || value_limit(text, "filesize", 1000, &r->size) || value_limit(text, "packets", 1, &r->packets))
		return -1;
	if (!value_limit(text, "files", 1, &files) || files > LIMIT_RING_FILES)
		return usage("-b takes filesize:KB, duration:SECONDS, interval:SECONDS, packets:N or files:N: %s", text);
	r->files = (unsigned)files;
	return -1;
}

static bool
ends_files(const struct ring_files *r)
{
	return r->size > 0 || r->duration > 0 || r->interval > 0 || r->packets > 0;
}

int
check_writing(const struct options *o)
{
	const struct ring_files *r = &o->ring;
	bool to_stdout = o->write != NULL && strcmp(o->write, "-") == 0;

	if (o->write == NULL && (r->given || o->stop_size > 0 || o->stop_files > 0))
		return usage("%s is for what -w writes", r->given ? "-b" : o->stop_size > 0 ? "-a filesize:" : "-a files:");
	if (r->given && to_stdout)
		return usage("-b needs a file: standard output cannot be begun anew");
	if (r->given && !ends_files(r))
		return usage("-b files: says how many are kept; say when the next one begins, too, as -b filesize:10000");
	if (o->stop_files > 0 && !r->given)
		return usage("-a files: is for the files of a ring: -b says when the next one begins");
	for (size_t i = 0; i < o->ninput && o->write != NULL && !to_stdout; i++)
		if (is_same_file(o->input[i], o->write))
			return usage("%s: this is the capture that is read, and would be overwritten", o->write);
	return -1;
}
