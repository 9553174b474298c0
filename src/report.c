#include "report.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"
#include "outputs.h"
#include "sink/gate.h"
#include "sink/sinks.h"

static void
say_packets(struct buf *out, const struct engine_result *r)
{
	char text[WORDS_NUMBER];

	words_count(out, r->packets, "packet", "packets");
	if (r->received > 0)
		buf_printf(out, " captured, %s received by filter, ", words_number(r->received, text));
	else
		buf_text(out, " read, ");
	if (r->filtered > 0) {
		words_count(out, r->filtered, "packet", "packets");
		buf_text(out, " left out by the filter, ");
	}
	words_count(out, r->dropped, "packet", "packets");
	buf_text(out, " dropped; ");
}

static void
say_sessions(struct buf *out, const struct engine_result *r)
{
	char text[WORDS_NUMBER];

	words_count(out, r->sessions, "session", "sessions");
	if (r->open_sessions > 0)
		buf_printf(out, " (%s open, %zu KiB)", words_number(r->open_sessions, text), (r->memory + KiB - 1) / KiB);
	buf_text(out, ", ");
	words_count(out, r->attempts, "attempt", "attempts");
}

static void
tell_counters(const char *before, const struct engine_result *r)
{
	struct buf words;

	buf_init(&words, KiB);
	say_packets(&words, r);
	say_sessions(&words, r);
	if (r->written.captures) {
		buf_text(&words, "; ");
		words_count(&words, r->written.packets, "packet", "packets");
		buf_text(&words, " written");
	}
	warn("%s%.*s", before, (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

void
report_so_far(const struct engine_result *r)
{
	tell_counters("", r);
}

/* The lines that tcpdump ends with, word for word: people and programs know them. */
static void
tell_as_tcpdump(const struct engine_result *r)
{
	const struct { uint64_t n; const char *what; bool always; } line[] = {
		{ r->packets, "captured", true }, { r->received, "received by filter", true },
		{ r->drops.kernel, "dropped by kernel", true }, { r->drops.interface, "dropped by interface", false },
		{ r->drops.ours, "dropped by smtptap", false },
	};

	for (size_t i = 0; i < sizeof line / sizeof line[0]; i++)
		if (line[i].always || line[i].n > 0)
			fprintf(stderr, "%llu packet%s %s\n", (unsigned long long)line[i].n, line[i].n == 1 ? "" : "s", line[i].what);
}

bool
report_has_match(const struct options *o, const struct engine_result *r)
{
	struct gate_counts shown = gate_counts(o->show.gate);

	if (o->show.gate == NULL)
		return r->sessions > 0 || r->attempts > 0;
	return shown.sessions + shown.messages + shown.attempts + shown.findings > 0;
}

bool
report_no_smtp(struct buf *out, const struct engine *e, const struct options *o, const struct engine_result *r)
{
	if (r->sessions > 0 || r->attempts > 0)
		return false;
	if (o->ninterface > 0 && r->packets == 0) {
		buf_text(out, o->filter != NULL ? "no packet came through the filter: is mail on another interface (-D lists them)?"
		    : "no packet came: is mail on other ports (--ports), or on another interface (-D lists them)?");
		return true;
	}
	buf_text(out, "no SMTP in ");
	words_count(out, r->packets, "packet", "packets");
	buf_text(out, "; ");
	engine_tell_instead(e, out);
	if (r->filtered > r->filtered_tagged && o->filter != NULL) {
		buf_text(out, "; ");
		words_count(out, r->filtered, "packet was", "packets were");
		buf_printf(out, " left out by the filter \"%s\"", o->filter);
	}
	if (r->filtered_tagged > 0 && o->filter != NULL)
		buf_printf(out, "; %llu packets were VLAN-tagged and the filter \"%s\" excluded them: try \"vlan and %s\"",
		    (unsigned long long)r->filtered_tagged, o->filter, o->filter);
	return true;
}

static void
tell_no_smtp(const struct engine *e, const struct options *o, const struct engine_result *r)
{
	struct buf words;

	buf_init(&words, 4 * KiB);
	if (report_no_smtp(&words, e, o, r))
		warn("%.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

/* Figures and what was in messages hold no AUTH. */
static bool
wrote_secrets(const struct options *o, const struct engine_result *r)
{
	bool shown = false;

	for (size_t i = 0; i < o->noutput; i++)
		shown |= outputs_show_steps(&o->output[i]);
	return shown && o->show.show_secrets && r->secrets;
}

/* An empty output says why. */
static void
tell_gate(const struct options *o, const struct engine_result *r)
{
	struct gate_counts shown = gate_counts(o->show.gate);
	struct buf words;

	if (shown.undecided > 0)
		warn("-Y: shown before it was known whether they match, because --spool-max is full: %llu %s",
		    (unsigned long long)shown.undecided, shown.undecided == 1 ? "session" : "sessions");
	if (o->show.gate == NULL || report_has_match(o, r) || r->sessions + r->attempts == 0)
		return;
	buf_init(&words, KiB);
	words_count(&words, r->sessions, "session", "sessions");
	buf_text(&words, " and ");
	words_count(&words, r->attempts, "attempt", "attempts");
	warn("-Y: nothing matched: of %.*s none", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

/* Of what was read in part nobody can say what was not there; whoever captures stops it when he has seen enough, or in vain. */
static bool
is_complete(const struct options *o, const struct engine_result *r, bool stopped, int signal)
{
	if (r->failed || (r->unreadable && r->packets == 0))
		return false;
	return !stopped || (o->ninterface > 0 && signal != SIGPIPE);
}

void
report_end(const struct engine *e, const struct options *o, const struct engine_result *r, bool stopped, int signal)
{
	if (o->quiet)
		return;
	if (is_complete(o, r, stopped, signal))
		tell_no_smtp(e, o, r);
	if (wrote_secrets(o, r))
		warn("credentials were written in clear (--show-secrets)");
	tell_gate(o, r);
	if (signal == SIGPIPE)
		return;
	if (o->ninterface > 0)
		tell_as_tcpdump(r);
	else if (signal != 0)
		tell_counters("stopped by a signal: ", r);
}
