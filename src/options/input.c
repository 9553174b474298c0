/*
 * input.c - where packets come from and where to stop: files, interfaces, and
 * the words behind the options.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "parse.h"
#include "values.h"

static void
add_input(struct options *o, const char *path)
{
	o->input = xrealloc(o->input, o->ninput + 1, sizeof *o->input);
	o->input[o->ninput++] = options_keep(o, path, strlen(path));
}

int
take_input(struct parse *p, const char *path)
{
	p->read_given = true;
	add_input(p->o, path);
	return -1;
}

int
take_interface(struct parse *p, const char *name)
{
	struct options *o = p->o;

	if (*name == '\0')
		return usage("-i takes the name of an interface; -D lists them");
	if (o->ninterface == OPTIONS_LIST)
		return usage("too many interfaces");
	o->interface[o->ninterface++] = options_keep(o, name, strlen(name));
	return -1;
}

int
take_no_promiscuous(struct parse *p, const char *arg)
{
	(void)arg;
	p->o->promiscuous = false;
	return -1;
}

int
take_snaplen(struct parse *p, const char *arg)
{
	uint64_t n;

	if (!value_number(arg, INT32_MAX, &n))
		return usage("-s takes a number of bytes: %s", arg);
	p->o->snaplen = (size_t)n;
	return -1;
}

int
take_buffer(struct parse *p, const char *arg)
{
	uint64_t n;

	if (!value_number(arg, LIMIT_LIVE_BUFFER_MOST / MiB, &n) || n == 0)
		return usage("-B takes MiB, at most %zu: %s", LIMIT_LIVE_BUFFER_MOST / MiB, arg);
	p->o->buffer = (size_t)n * MiB;
	return -1;
}

int
take_count(struct parse *p, const char *arg)
{
	uint64_t n;

	if (!value_number(arg, UINT64_MAX, &n) || n == 0)
		return usage("-c takes a number of packets: %s", arg);
	p->o->stop_packets = n;
	return -1;
}

int
take_autostop(struct parse *p, const char *text)
{
	struct options *o = p->o;
	uint64_t files;

	if (value_limit_time(text, "duration", &o->stop_time) || value_limit(text, "filesize", 1000, &o->stop_size)
	    || value_limit(text, "packets", 1, &o->stop_packets))
		return -1;
	if (!value_limit(text, "files", 1, &files) || files > UINT32_MAX)
		return usage("-a takes duration:SECONDS, filesize:KB, files:N or packets:N: %s", text);
	o->stop_files = (unsigned)files;
	return -1;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || stat(path, &st) == 0;
}

/* A word that can hardly be one of a capture filter. */
static bool
looks_like_file(const char *word)
{
	return strstr(word, ".pcap") != NULL || strstr(word, ".cap") != NULL || word[0] == '/' || word[0] == '.'
	    || strchr(word, '/') > word + strspn(word, "0123456789.:abcdefABCDEF");
}

/* Leading words that name existing files are files; the rest is a capture filter, if there is something to filter. */
int
take_words(struct parse *p, int argc, char **argv)
{
	bool listens = p->o->ninterface > 0;
	int i = optind, missing;
	const char *words;

	for (; i < argc && !listens && is_there(argv[i]); i++)
		add_input(p->o, argv[i]);
	missing = errno;
	if (i < argc && !listens && looks_like_file(argv[i]))
		return usage("%s: %s", argv[i], strerror(missing));
	if (i == argc || p->read_given || listens)
		return take_filter_words(p, argv + i, (size_t)(argc - i));
	words = join_words(p, argv + i, (size_t)(argc - i));
	if (is_display_filter(words))
		return refuse_display_filter(words);
	return usage("%s: %s (capture filter words need -r or -i)", argv[i], strerror(missing));
}

/* Somebody at a terminal who types packets? */
static int
check_standard_input(const struct options *o)
{
	bool seen = false;

	for (size_t i = 0; i < o->ninput; i++) {
		if (strcmp(o->input[i], "-") != 0)
			continue;
		if (seen)
			return usage("standard input can be read once only");
		if (isatty(STDIN_FILENO))
			return usage("standard input is a terminal: pipe a capture into smtptap, or name a file");
		seen = true;
	}
	return -1;
}

int
check_inputs(const struct options *o)
{
	if (o->ninterface > 0 && o->ninput > 0)
		return usage("-i and -r: either listen, or read files");
	if (o->follow && o->ninput == 0)
		return usage("--follow is for files");
	if (o->ninput + o->ninterface == 0 && !o->check_sandbox)
		return usage("nothing to read: name a capture file, or an interface with -i");
	return check_standard_input(o);
}
