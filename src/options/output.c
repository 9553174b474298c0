/*
 * output.c - -T, -z and their columns; and which outputs go together.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "parse.h"
#include "sink/sinks.h"
#include "values.h"

/* FORMAT[:PATH], into the list. -z has names of its own. */
static int
add_output(struct options *o, const char *text, bool statistics)
{
	slice name, path;
	bool has_path = slice_cut(slice_of(text), ':', &name, &path);
	const struct sink_format *f = statistics ? sink_statistics_find(name) : sink_format_find(name);

	has_path = has_path && path.n > 0 && !slice_eq(path, S("-")) && !slice_eq(path, S("/dev/stdout"));
	if (f == NULL && (statistics ? sink_statistics_is_planned(name) : sink_format_is_planned(name)))
		return usage("-%c %.*s: not built in this version; --help lists what is", statistics ? 'z' : 'T', (int)name.n, (const char *)name.p);
	if (f == NULL)
		return usage("-%c %s: no such %s; --help lists them", statistics ? 'z' : 'T', text, statistics ? "statistics" : "output format");
	if (f->is_directory && !has_path)
		return usage("-T %s needs a directory: -T %s:DIR", f->name, f->name);
	if (o->noutput == OPTIONS_LIST)
		return usage("too many outputs");
	o->output[o->noutput++] = (struct output){ f->name, has_path ? options_keep(o, (const char *)path.p, path.n) : NULL };
	return -1;
}

int
take_output(struct parse *p, const char *text)
{
	return add_output(p->o, text, false);
}

int
take_statistics(struct parse *p, const char *text)
{
	return add_output(p->o, text, true);
}

/* tshark's spelling, of the one kind of objects that mail has. */
int
take_export_objects(struct parse *p, const char *text)
{
	static const char lead[] = "imf,";
	char *output;			/* the same with another name, which is as long */

	if (strncmp(text, lead, sizeof lead - 1) != 0 || text[sizeof lead - 1] == '\0')
		return usage("--export-objects takes imf,DIRECTORY: %s", text);
	output = options_keep(p->o, text, strlen(text));
	memcpy(output, "eml:", sizeof lead - 1);
	return add_output(p->o, output, false);
}

int
take_metrics_file(struct parse *p, const char *path)
{
	if (*path == '\0' || strcmp(path, "-") == 0)
		return usage("--metrics-file takes a file (-T metrics is for standard output)");
	if (p->o->noutput == OPTIONS_LIST)
		return usage("too many outputs");
	p->o->output[p->o->noutput++] = (struct output){ "metrics", options_keep(p->o, path, strlen(path)) };
	return -1;
}

static int
columns_option(struct options *o, const char *text, bool (*take)(struct columns *, slice, struct buf *))
{
	struct buf error;
	int status = -1;

	buf_init(&error, 4 * KiB);
	o->columns_given = true;
	if (!take(&o->columns, slice_of(text), &error))
		status = usage("%.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return status;
}

int
take_field(struct parse *p, const char *text)
{
	return columns_option(p->o, text, columns_add);
}

int
take_field_option(struct parse *p, const char *text)
{
	return columns_option(p->o, text, columns_set);
}

int
take_rows(struct parse *p, const char *text)
{
	return columns_option(p->o, text, columns_rows);
}

int
take_stats_interval(struct parse *p, const char *text)
{
	p->interval_given = true;
	return value_seconds(text, &p->o->stats_interval) ? -1 : usage("--stats-interval takes seconds: %s", text);
}

int
take_spool_max(struct parse *p, const char *text)
{
	if (!value_size(text, &p->o->spool_max))
		return usage("--spool-max takes a size: %s", text);
	p->o->vault_max = p->o->spool_max;
	return -1;
}

int
take_save_dir(struct parse *p, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return usage("--save-dir: %s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return usage("--save-dir: %s: not a directory", path);
	p->o->save_dir = options_keep(p->o, path, strlen(path));
	return -1;
}

/* Are there columns where they are wanted, and are they wanted? */
int
check_columns(const struct options *o)
{
	bool bare = false, any = false;
	struct buf error;
	int status = -1;

	for (size_t i = 0; i < o->noutput; i++) {
		bare |= strcmp(o->output[i].format, "fields") == 0;
		any |= sink_format_find(slice_of(o->output[i].format))->columns != NULL;
	}
	if (bare && o->columns.n == 0)
		return usage("-T fields needs -e FIELD; --help-fields lists them (-T csv has columns of its own)");
	if (o->columns_given && !any)
		return usage("-e, -E and --rows are for -T fields and -T csv");
	buf_init(&error, 4 * KiB);
	if (!columns_check(&o->columns, &error))
		status = usage("%.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return status;
}

/* Files that are not there yet are compared by name. */
bool
is_same_file(const char *a, const char *b)
{
	struct stat left, right;

	if (stat(a, &left) == 0 && stat(b, &right) == 0)
		return left.st_dev == right.st_dev && left.st_ino == right.st_ino && (S_ISREG(left.st_mode) || S_ISDIR(left.st_mode));
	return strcmp(a, b) == 0;
}

/* What would be destroyed by writing it: another output, or the capture itself. */
static int
check_output_path(const struct options *o, size_t n)
{
	const char *path = o->output[n].path;

	for (size_t i = 0; i < n && path != NULL; i++)
		if (o->output[i].path != NULL && is_same_file(o->output[i].path, path))
			return usage("two outputs into %s: give each its own file", path);
	if (o->write != NULL && path != NULL && is_same_file(o->write, path))
		return usage("two outputs into %s: give each its own file", path);
	for (size_t i = 0; i < o->ninput && path != NULL && !sink_format_find(slice_of(o->output[n].format))->is_directory; i++)
		if (is_same_file(o->input[i], path))
			return usage("%s: this is the capture that is read, and would be overwritten", path);
	return -1;
}

int
check_outputs(struct options *o)
{
	int on_stdout = o->write != NULL && strcmp(o->write, "-") == 0, status = -1;

	if (o->noutput == 0 && !o->quiet && !o->screen && o->write == NULL)
		o->output[o->noutput++] = (struct output){ o->live ? "lines" : "text", NULL };
	for (size_t i = 0; i < o->noutput && status == -1; i++) {
		on_stdout += o->output[i].path == NULL;
		status = check_output_path(o, i);
	}
	if (status == -1 && on_stdout > 1)
		return usage("two outputs on stdout: give all but one a file, as -T json:FILE");
	return status;
}
