/*
 * parse.h - what the files of this room share: what is being parsed, the
 * table of options, and what each of them does.
 *
 *	options.c	the order of it all; what holds without an option, and what follows from several
 *	table.c		every option: its names, what it takes, what it does, what --help says
 *	getopt.c	the table, as getopt wants it
 *	values.c	numbers, sizes, times, words of a list
 *	input.c		files, interfaces, where to stop; words behind the options
 *	filters.c	-f, -F and -Y, and the one taken for the other
 *	reading.c	how packets are understood, and with which rights: ports, decoding, overlaps, budgets, sandbox
 *	write.c		-w and -b
 *	output.c	-T, -z and columns; which of them go together
 *	show.c		how outputs look; is there a screen?
 *	findings.c	findings named: --fail-on, --ignore
 *	help.c		what is only printed: help, version, lists
 *
 * What takes or checks something returns -1 to go on, else the exit status
 * with which the run is over; why was said.
 */
#ifndef OPTIONS_PARSE_H
#define OPTIONS_PARSE_H

#include "base/buf.h"
#include "options.h"

/* The options, and what is only known at the end. */
struct parse {
	struct options *o;
	bool read_given;		/* -r */
	bool lines_given;		/* -l, -U */
	bool interval_given;		/* --stats-interval */
	enum choice screen;
	struct buf filter;		/* of -f, -F and the words: each in parentheses */
	struct buf words;		/* of the filter that is being read */
};

/* What an option does: one of them. */
struct option_action {
	int (*take)(struct parse *, const char *arg);	/* arg: NULL if it takes none */
	size_t flag;			/* sets this bool of struct options */
	size_t text;			/* keeps arg as this text of struct options */
};

struct option_info {
	char letter;			/* or 0 */
	const char *name;		/* long name, or NULL */
	const char *takes;		/* what the argument is called, or NULL */
	struct option_action action;
	const char *help;		/* NULL: not listed, and refused as not built */
};

extern const struct option_info option_table[];
extern const size_t noptions;

/* One line on stderr. Returns EXIT_USAGE. */
int usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A copy that lives as long as the options. */
char *options_keep(struct options *, const char *text, size_t n);

/* getopt.c: all of them; optind is then the first word behind them. */
int take_options(struct parse *, int argc, char **argv);

/* input.c */
int take_input(struct parse *, const char *);
int take_interface(struct parse *, const char *);
int take_no_promiscuous(struct parse *, const char *);
int take_snaplen(struct parse *, const char *);
int take_buffer(struct parse *, const char *);
int take_count(struct parse *, const char *);
int take_autostop(struct parse *, const char *);
int take_words(struct parse *, int argc, char **argv);
int check_inputs(const struct options *);

/* filters.c */
int take_filter(struct parse *, const char *);
int take_filter_file(struct parse *, const char *);
int take_display_filter(struct parse *, const char *);
int take_filter_words(struct parse *, char *const *words, size_t n);
const char *join_words(struct parse *, char *const *words, size_t n);	/* as they would be a filter */
bool is_display_filter(const char *);
int refuse_display_filter(const char *);
int check_filter(const struct options *);

/* reading.c */
int take_ports(struct parse *, const char *);
int take_decode_as(struct parse *, const char *);
int take_overlap(struct parse *, const char *);
int take_checksums(struct parse *, const char *);
int take_memory(struct parse *, const char *);
int take_slow(struct parse *, const char *);
int take_magic(struct parse *, const char *);
int take_require_sandbox(struct parse *, const char *);
int take_no_sandbox(struct parse *, const char *);
int take_no_effect(struct parse *, const char *);

/* write.c */
int take_write(struct parse *, const char *);
int take_ring(struct parse *, const char *);
int check_writing(const struct options *);

/* output.c */
int take_output(struct parse *, const char *);
int take_statistics(struct parse *, const char *);
int take_export_objects(struct parse *, const char *);
int take_metrics_file(struct parse *, const char *);
int take_field(struct parse *, const char *);
int take_field_option(struct parse *, const char *);
int take_rows(struct parse *, const char *);
int take_stats_interval(struct parse *, const char *);
int take_spool_max(struct parse *, const char *);
int take_save_dir(struct parse *, const char *);
int check_outputs(struct options *);
int check_columns(const struct options *);
bool is_same_file(const char *, const char *);		/* under whatever names */

/* show.c */
int take_time(struct parse *, const char *);
int take_verbose(struct parse *, const char *);
int take_lines(struct parse *, const char *);
int take_json_max(struct parse *, const char *);
int take_hash(struct parse *, const char *);
int take_all_parts(struct parse *, const char *);
int take_screen(struct parse *, const char *);
int take_colour(struct parse *, const char *);
int take_defang(struct parse *, const char *);
int take_progress(struct parse *, const char *);
int decide_screen(const struct parse *);
void decide_looks(struct options *);

/* findings.c */
int take_fail_on(struct parse *, const char *);
int take_ignore(struct parse *, const char *);

/* help.c */
int print_help(struct parse *, const char *);
int print_version(struct parse *, const char *);
int list_findings(struct parse *, const char *);
int list_fields(struct parse *, const char *);
int list_interfaces(struct parse *, const char *);
int print_examples(void);

#endif
