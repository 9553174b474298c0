/*
 * options.c - the command line: the order in which it is read, what holds
 * without an option, and what follows from several.
 */
#include "options.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "parse.h"

static const uint16_t default_ports[] = { 24, 25, 465, 587, 1025, 2525, 2526, 10024, 10025, 10026 };

int
usage(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	warn("%s", line);
	return EXIT_USAGE;
}

char *
options_keep(struct options *o, const char *text, size_t n)
{
	char *copy = xcalloc(n + 1, 1);

	memcpy(copy, text, n);
	o->text = xrealloc(o->text, o->ntext + 1, sizeof *o->text);
	o->text[o->ntext++] = copy;
	return copy;
}

static void
defaults(struct options *o, int argc, char **argv)
{
	memset(o, 0, sizeof *o);
	memcpy(o->port, default_ports, sizeof default_ports);
	o->nport = sizeof default_ports / sizeof default_ports[0];
	o->memory = LIMIT_MEMORY;
	o->promiscuous = true;
	o->spool_max = LIMIT_SPOOL;
	o->vault_max = LIMIT_VAULT;
	columns_init(&o->columns);
	o->show.json_max = LIMIT_JSON_RECORD;
	o->show.digits = 6;
	o->show.digests = WANT_SHA256;
	o->show.argc = argc;
	o->show.argv = (const char *const *)argv;
}

/* What is to be read as mail (-d) is captured, too. */
static void
add_decoded_ports(struct options *o)
{
	for (size_t i = 0; i < o->nas; i++) {
		size_t n = 0;

		while (n < o->nport && o->port[n] != o->as[i].port)
			n++;
		if (n == o->nport)
			o->port[o->nport++] = o->as[i].port;
	}
}

/* What the outputs are told of the rest. */
static void
conclude(struct parse *p)
{
	struct options *o = p->o;

	if (p->filter.n > 0)
		o->filter = options_keep(o, (const char *)p->filter.p, p->filter.n);
	if (o->live && !p->interval_given)
		o->stats_interval = LIMIT_STATS_INTERVAL;
	add_decoded_ports(o);
	o->privilege.screen = o->screen;
	o->privilege.live = o->ninterface > 0;
	decide_looks(o);
	o->show.live = o->live;
	for (size_t i = 0; i < o->noutput; i++)
		o->show.parts_written |= strcmp(o->output[i].format, "parts") == 0;
	o->show.input = o->input;
	o->show.ninput = o->ninput;
	o->show.interface = o->interface;
	o->show.ninterface = o->ninterface;
	o->show.overlap = overlap_name(o->overlap);
	o->show.filter = o->filter;
	o->show.columns = &o->columns;
}

/* Does what was asked for go together? */
static int
check(struct parse *p)
{
	struct options *o = p->o;
	int status = check_inputs(o);

	if (status == -1)
		status = check_writing(o);
	o->live = o->ninterface > 0 || o->follow;
	if (status == -1)
		status = decide_screen(p);
	if (status == -1)
		status = check_outputs(o);
	if (status == -1)
		status = check_columns(o);
	conclude(p);
	return status == -1 ? check_filter(o) : status;
}

int
options_parse(int argc, char **argv, struct options *o)
{
	struct parse p = { .o = o };
	int status;

	defaults(o, argc, argv);
	if (argc < 2)
		return print_examples();
	buf_init(&p.filter, LIMIT_BPF_TEXT);
	buf_init(&p.words, LIMIT_BPF_TEXT);
	status = take_options(&p, argc, argv);
	if (status == -1)
		status = take_words(&p, argc, argv);
	if (status == -1)
		status = check(&p);
	buf_fini(&p.filter);
	buf_fini(&p.words);
	return status;
}

void
options_free(struct options *o)
{
	for (size_t i = 0; i < o->ntext; i++)
		free(o->text[i]);
	free(o->text);
	free(o->input);
	paths_fini(&o->inputs);
	filter_free(&o->display);
}
