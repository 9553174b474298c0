/*
 * The outputs for people, from hand-made events: the manual's example as
 * transcript, lines and log; then what else a transcript can say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "record/fold.h"
#include "sink/sinks.h"

#define MS(x)  ((nstime)((x) * 1e6))

static const nstime start = INT64_C(1795285741123456000);	/* 2026-11-21T18:29:01.123456Z */

/* One run: events go to the sink, then to the fold, whose records go to the sink. */
struct run {
	struct sink sink;
	struct fold *fold;
	struct tcp_facts tcp;
	char path[64];
	char *out;
	uint64_t packet, offset[2];
};

static struct run run;

static int
give(void *self, const struct record *r)
{
	struct run *x = self;

	return x->sink.ops->record(x->sink.self, r);
}

static void
begin(const char *format, const struct output_options *options)
{
	struct output where = { .format = format, .path = run.path };
	const struct sink_format *f = sink_format_find(slice_of(format));

	free(run.out);
	memset(&run, 0, sizeof run);
	snprintf(run.path, sizeof run.path, "/tmp/smtptap-unit-text.%ld", (long)getpid());
	run.fold = fold_new(&(struct fold_user){ &run, give }, FOLD_MESSAGES);
	run.tcp = (struct tcp_facts){ .first = start, .handshake = MS(0.4) };
	assert_non_null(f);
	assert_int_equal(f->open(&where, options, run.fold, &run.sink), 0);
}

/* The file that the sink wrote; of the run, freed by the next one. */
static const char *
end(void)
{
	FILE *f;
	size_t n;

	assert_int_equal(fold_finish(run.fold, &(struct rec_stats){ .first = start }), 0);
	fold_free(&run.fold);
	assert_int_equal(run.sink.ops->close(run.sink.self, false), 0);
	f = fopen(run.path, "r");
	assert_non_null(f);
	run.out = calloc(1, 1 << 22);
	assert_non_null(run.out);
	n = fread(run.out, 1, (1 << 22) - 1, f);
	run.out[n] = '\0';
	fclose(f);
	unlink(run.path);
	return run.out;
}

static void
tell(double at, enum dir dir, size_t length, struct event e)
{
	e.at.session = 3;
	e.at.packet = ++run.packet;
	e.at.time = start + MS(at);
	e.at.dir = dir;
	e.at.offset = run.offset[dir];
	e.at.length = length;
	run.offset[dir] += length;
	if ((run.sink.wants & WANT(e.kind)) && run.sink.ops->event != NULL)
		assert_int_equal(run.sink.ops->event(run.sink.self, &e), 0);
	assert_int_equal(fold_event(run.fold, &e), 0);
}

static void
open_session(void)
{
	struct ev_open open = { .protocol = "smtp", .client.port = 51234, .server.port = 25, .tcp = &run.tcp };

	addr_parse(S("192.0.2.10"), &open.client.addr);
	addr_parse(S("198.51.100.5"), &open.server.addr);
	tell(0.4, DIR_CLIENT, 0, (struct event){ .kind = EV_OPEN, .u.open = open });
}

static void
close_session(double at, enum why why, enum dir who)
{
	run.tcp.last = start + MS(at);
	tell(at, who, 0, (struct event){ .kind = EV_CLOSE, .u.close = { why, who, &run.tcp } });
}

static struct ev_command
command(uint32_t serial, const char *verb, const char *line)
{
	struct ev_command c = { .serial = serial, .verb = slice_of(verb), .line = slice_of(line), .line_end = 2 };

	c.args = slice_trim(slice_drop(c.line, c.verb.n));
	return c;
}

static void
client(double at, struct ev_command c)
{
	tell(at, DIR_CLIENT, c.line.n + 2, (struct event){ .kind = EV_COMMAND, .u.command = c });
}

static void
path(double at, struct ev_command c, uint32_t mail, const char *address)
{
	c.mail = mail;
	c.address = slice_of(address);
	c.has_path = true;
	c.pipelined = c.serial > 2;
	client(at, c);
}

/* `lines` are divided by newlines. */
static void
reply(double at, double wait, const char *lines, struct ev_reply r)
{
	static slice line[8];
	slice rest = slice_of(lines), behind;
	size_t length = 0;

	for (r.nline = 0; rest.n > 0; r.nline++) {
		slice_cut(rest, '\n', &line[r.nline], &rest);
		length += line[r.nline].n + 2;
	}
	r.line = line;
	r.code = atoi(lines);
	r.wait = MS(wait);
	r.text = slice_drop(line[r.nline - 1], 4);
	if (r.text.n > 5 && r.text.p[1] == '.' && slice_cut(r.text, ' ', &r.enhanced, &behind))
		r.text = behind;
	tell(at, DIR_SERVER, length, (struct event){ .kind = EV_REPLY, .u.reply = r });
}

static void
header(const char *name, const char *value, const char *decoded)
{
	struct ev_header h = { 2, slice_of(name), slice_of(value), slice_of(decoded) };

	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_HEADER, .u.header = h });
}

static void
anomaly(double at, enum dir dir, enum finding f, uint32_t mail, const char *detail)
{
	struct ev_anomaly a = { f, mail, slice_of(detail) };

	tell(at, dir, 0, (struct event){ .kind = EV_ANOMALY, .u.anomaly = a });
}

static void
content(double at, uint64_t size, uint64_t missing)
{
	struct ev_mail_end m = { .mail = 2, .size = size, .missing = missing, .whole = missing == 0 };

	tell(at, DIR_CLIENT, size + 3, (struct event){ .kind = EV_MAIL_END, .u.mail_end = m });
}

/* The example of the manual. */
static void
part_ends(uint32_t part, uint64_t size)
{
	struct ev_part_end end = { .mail = 2, .part = part, .size = size, .whole = true, .has_sha256 = size > 0, .sha256 = { 0xab, 0x12, 0xcd, 0x34 } };

	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_PART_END, .u.part_end = end });
}

static void
part_begins(struct ev_part_begin part)
{
	part.mail = 2;
	part.declared = true;
	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_PART_BEGIN, .u.part_begin = part });
}

static void
example_parts(void)
{
	part_begins((struct ev_part_begin){ .part = 1, .kind = PART_MULTIPART, .path = S(""), .content_type = S("multipart/mixed") });
	part_begins((struct ev_part_begin){ .part = 2, .parent = 1, .path = S("1"), .content_type = S("text/plain"), .charset = S("utf-8") });
	part_ends(2, 123);
	part_begins((struct ev_part_begin){ .part = 3, .parent = 1, .path = S("2"), .content_type = S("application/pdf"),
	    .filename = S("report.pdf"), .disposition = S("attachment") });
	part_ends(3, 2101);
	part_ends(1, 0);
}

static void
example(void)
{
	open_session();
	reply(21, 20.6, "220 mx.example.net ESMTP Postfix", (struct ev_reply){ .recipient = -1 });
	client(22, command(1, "EHLO", "EHLO client.example.org"));
	reply(23.1, 1.1, "250-mx.example.net\n250-PIPELINING\n250 SIZE 10240000", (struct ev_reply){ .answers = 1, .verb = S("EHLO"), .recipient = -1 });
	path(24, command(2, "MAIL", "MAIL FROM:<alice@example.org> SIZE=3412"), 2, "alice@example.org");
	path(24, command(3, "RCPT", "RCPT TO:<bob@example.net>"), 2, "bob@example.net");
	path(24, command(4, "RCPT", "RCPT TO:<nobody@example.net>"), 2, "nobody@example.net");
	path(24, command(5, "DATA", "DATA"), 2, "");
	reply(25.2, 1.2, "250 2.1.0 Ok", (struct ev_reply){ .answers = 2, .mail = 2, .verb = S("MAIL"), .recipient = -1, .ambiguous = true });
	reply(25.2, 1.2, "250 2.1.5 Ok", (struct ev_reply){ .answers = 3, .mail = 2, .verb = S("RCPT"), .address = S("bob@example.net"),
	    .recipient = 0, .ambiguous = true });
	reply(31, 7, "550 5.1.1 User unknown", (struct ev_reply){ .answers = 4, .mail = 2, .verb = S("RCPT"),
	    .address = S("nobody@example.net"), .recipient = 1, .ambiguous = true });
	anomaly(31, DIR_SERVER, FINDING_SMTP_RCPT_PERMANENT, 2, "nobody@example.net: 550 5.1.1 User unknown");
	reply(31, 7, "354 End data with <CR><LF>.<CR><LF>", (struct ev_reply){ .answers = 5, .mail = 2, .verb = S("DATA"), .recipient = -1 });
	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_MAIL_BEGIN, .u.mail_begin = { 2, 1, "DATA" } });
	header("From", "Alice <alice@example.org>", "Alice <alice@example.org>");
	header("Subject", "=?utf-8?b?5rWL6K+V?=", "测试");
	example_parts();
	content(40, 3412, 0);
	reply(50, 10, "250 2.0.0 Ok: queued as 4F1D2", (struct ev_reply){ .answers = 6, .mail = 2, .verb = S("."), .recipient = -1 });
	tell(50, DIR_SERVER, 0, (struct event){ .kind = EV_MAIL_DONE, .u.mail_done = { 2, 1, MAIL_ACCEPTED, "data", false } });
	client(51, command(7, "QUIT", "QUIT"));
	reply(51.2, 0.2, "221 2.0.0 Bye", (struct ev_reply){ .answers = 7, .verb = S("QUIT"), .recipient = -1 });
	close_session(52, WHY_FIN, DIR_CLIENT);
}

static void
test_example_text(void **state)
{
	static const char want[] =
	    "── session 3 · 2026-11-21T18:29:01.123456Z\n"
	    "   192.0.2.10:51234 → 198.51.100.5:25\n"
	    "  0.000  0.4 ms  · connected\n"
	    "  0.021   21 ms  S 220 mx.example.net ESMTP Postfix\n"
	    "  0.022          C EHLO client.example.org\n"
	    "  0.023  1.1 ms  S 250-mx.example.net\n"
	    "                 S 250-PIPELINING\n"
	    "                 S 250 SIZE 10240000\n"
	    "  0.024          C MAIL FROM:<alice@example.org> SIZE=3412\n"
	    "  0.024          C RCPT TO:<bob@example.net>\n"
	    "  0.024          C RCPT TO:<nobody@example.net>\n"
	    "  0.024          C DATA\n"
	    "  0.025  1.2 ms  S 250 2.1.0 Ok  ← MAIL\n"
	    "  0.025  1.2 ms  S 250 2.1.5 Ok  ← RCPT bob@example.net\n"
	    "  0.031  7.0 ms  S 550 5.1.1 User unknown  ← RCPT nobody@example.net\n"
	    "  0.031  7.0 ms  S 354 End data with <CR><LF>.<CR><LF>  ← DATA\n"
	    "  0.040          C message 1: 3,412 bytes, whole\n"
	    "                   From: Alice <alice@example.org>\n"
	    "                   Subject: 测试\n"
	    "                        multipart/mixed\n"
	    "                   1    text/plain; utf-8 · 123 bytes\n"
	    "                   2    application/pdf \"report.pdf\" · 2,101 bytes · sha256 ab12cd34…\n"
	    "  0.050   10 ms  S 250 2.0.0 Ok: queued as 4F1D2\n"
	    "  0.051          C QUIT\n"
	    "  0.051  0.2 ms  S 221 2.0.0 Bye\n"
	    "  0.052          · closed: QUIT, then FIN by the client\n"
	    "  !  warning  smtp.rcpt-permanent  nobody@example.net: 550 5.1.1 User unknown\n"
	    "── 1 message accepted for 1 of 2 recipients · 6 commands · 0.052 s · 1 finding\n";

	(void)state;
	begin("text", &(struct output_options){ .digits = 6, .digests = WANT_SHA256 });
	example();
	assert_string_equal(end(), want);
}

static void
test_example_none(void **state)
{
	(void)state;
	begin("text", &(struct output_options){ .time_given = true, .time = TIME_NONE });
	example();
	end();
	assert_int_equal(strncmp(run.out, "── session 3\n   192.0.2.10 → 198.51.100.5:25\n  · connected\n  S 220 mx", 75), 0);
	assert_non_null(strstr(run.out, "\n  S 250-PIPELINING\n"));
	assert_non_null(strstr(run.out, "\n    Subject: 测试\n"));
	assert_non_null(strstr(run.out, " · 6 commands · 1 finding\n"));
	assert_null(strstr(run.out, " ms"));
	assert_null(strstr(run.out, "51234"));
}

static void
test_example_lines(void **state)
{
	static const char want[] =
	    "2026-11-21T18:29:01.123856Z #3 · connected client=192.0.2.10:51234 server=198.51.100.5:25 wait=0.0004\n"
	    "2026-11-21T18:29:01.144456Z #3 S 220 mx.example.net ESMTP Postfix wait=0.0206\n"
	    "2026-11-21T18:29:01.145456Z #3 C EHLO client.example.org\n"
	    "2026-11-21T18:29:01.146556Z #3 S 250-mx.example.net re=EHLO wait=0.0011\n"
	    "2026-11-21T18:29:01.146556Z #3 S 250-PIPELINING re=EHLO\n"
	    "2026-11-21T18:29:01.146556Z #3 S 250 SIZE 10240000 re=EHLO\n";

	(void)state;
	begin("lines", &(struct output_options){ .digits = 6 });
	example();
	end();
	assert_int_equal(strncmp(run.out, want, sizeof want - 1), 0);
	assert_non_null(strstr(run.out,
	    "\n2026-11-21T18:29:01.154456Z #3 S 550 5.1.1 User unknown re=RCPT:nobody@example.net wait=0.007\n"
	    "2026-11-21T18:29:01.154456Z #3 ! warning smtp.rcpt-permanent nobody@example.net: 550 5.1.1 User unknown\n"));
	assert_non_null(strstr(run.out,
	    "\n2026-11-21T18:29:01.163456Z #3 C message 1: 3,412 bytes, whole size=3412 whole=yes\n"
	    "2026-11-21T18:29:01.163456Z #3 C message 1 From: Alice <alice@example.org>\n"));
	assert_non_null(strstr(run.out, " S 250 2.0.0 Ok: queued as 4F1D2 re=message wait=0.010\n"));
	assert_non_null(strstr(run.out, " · closed: QUIT, then FIN by the client duration=0.052\n"));
}

static void
test_example_log(void **state)
{
	static const char want[] =
	    "2026-11-21T18:29:01.173456Z #3.1 192.0.2.10>198.51.100.5:25 from=<alice@example.org> to=<bob@example.net> size=3412 "
	    "delay=0.05 dsn=2.0.0 status=accepted stage=DATA (250 2.0.0 Ok: queued as 4F1D2)\n"
	    "2026-11-21T18:29:01.154456Z #3.1 192.0.2.10>198.51.100.5:25 from=<alice@example.org> to=<nobody@example.net> size=3412 "
	    "delay=0.03 dsn=5.1.1 status=refused stage=RCPT (550 5.1.1 User unknown)\n";

	(void)state;
	begin("log", &(struct output_options){ .digits = 6 });
	example();
	assert_string_equal(end(), want);
}

/* What the sink printed must hold `want`; on failure both are shown. */
static void
expect(const char *want)
{
	if (strstr(run.out, want) == NULL) {
		print_error("not found: %s\nin:\n%s\n", want, run.out);
		fail();
	}
}

static void
unexpected(const char *text)
{
	if (strstr(run.out, text) != NULL) {
		print_error("found: %s\nin:\n%s\n", text, run.out);
		fail();
	}
}

static const struct output_options plain = { .digits = 6 };

/* How a session ended, in words. */
static void
test_closes(void **state)
{
	static const struct { const char *quit; enum why why; enum dir who; const char *want; } table[] = {
		{ "221 Bye", WHY_FIN, DIR_SERVER, "· closed: QUIT, then FIN by the server\n" },
		{ "", WHY_RST, DIR_CLIENT, "· closed: QUIT (not answered), then RST by the client\n" },
		{ NULL, WHY_FIN, DIR_CLIENT, "· closed: FIN by the client, without QUIT\n" },
		{ NULL, WHY_RST, DIR_SERVER, "· closed: RST by the server, without QUIT\n" },
		{ "421 shutting down", WHY_FIN, DIR_SERVER, "· closed: QUIT (not answered), then FIN by the server\n" },
		{ NULL, WHY_IDLE, DIR_CLIENT, "· not closed: silent until the time-out\n" },
		{ NULL, WHY_EVICTED, DIR_CLIENT, "· not followed to its end: the memory budget was used up\n" },
		{ NULL, WHY_END_OF_CAPTURE, DIR_CLIENT, "· not closed: the capture ends here\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		begin("text", &plain);
		open_session();
		if (table[i].quit != NULL)
			client(1, command(1, "QUIT", "QUIT"));
		if (table[i].quit != NULL && table[i].quit[0] != '\0')
			reply(2, 1, table[i].quit, (struct ev_reply){ .verb = S("QUIT"), .recipient = -1 });
		close_session(3, table[i].why, table[i].who);
		end();
		expect(table[i].want);
	}
	begin("text", &plain);
	open_session();
	reply(2, 1, "421 shutting down", (struct ev_reply){ .recipient = -1 });
	close_session(3, WHY_FIN, DIR_SERVER);
	end();
	expect("· closed: 421, then FIN by the server\n");
	expect("\n── no message · 0 commands · 0.003 s");
}

static void
secret(double at, struct ev_command c)
{
	tell(at, DIR_CLIENT, c.line.n + 2, (struct event){ .kind = EV_COMMAND, .at.secret = true, .u.command = c });
}

static void
authenticate(const struct output_options *options, const char *format)
{
	struct ev_auth auth = { 1, S("PLAIN"), S("alice"), S("hunter2"), 235, true, false };

	begin(format, options);
	open_session();
	secret(1, command(1, "AUTH", "AUTH PLAIN AGFsaWNlAGh1bnRlcjI="));
	reply(2, 1, "235 2.7.0 Welcome", (struct ev_reply){ .verb = S("AUTH"), .recipient = -1 });
	tell(2, DIR_SERVER, 0, (struct event){ .kind = EV_AUTH, .at.secret = true, .u.auth = auth });
	secret(3, command(2, "AUTH*", "aHVudGVyMg=="));
	secret(3, command(3, "AUTH", "AUTH PLAIN"));
	tell(3, DIR_CLIENT, 0, (struct event){ .kind = EV_ANOMALY, .at.secret = true,
	    .u.anomaly = { FINDING_SMTP_BARE_LF, 0, S("hunter2") } });
	close_session(4, WHY_FIN, DIR_CLIENT);
	end();
}

static void
test_secrets(void **state)
{
	static const struct output_options shown = { .show_secrets = true }, hex = { .hex = true, .wire = true };

	(void)state;
	authenticate(&plain, "text");
	expect("  C AUTH PLAIN <redacted>\n");
	expect("  C <redacted>\n");
	expect("  C AUTH <redacted>\n");
	expect("  · authenticated as alice by PLAIN\n");
	unexpected("hunter2");
	authenticate(&hex, "text");
	unexpected("AGFs");
	unexpected("hunter2");
	unexpected("41 47 46");
	authenticate(&plain, "lines");
	expect("Z #3 C AUTH PLAIN <redacted>\n");
	unexpected("AGFs");
	unexpected("hunter2");
	authenticate(&shown, "text");
	expect("  C AUTH PLAIN AGFsaWNlAGh1bnRlcjI=\n");
	expect("  · authenticated as alice by PLAIN, secret hunter2\n");
}

static void
packet(enum dir dir, uint64_t offset, uint64_t length)
{
	struct event e = { .kind = EV_PACKET, .at = { .session = 3, .offset = offset, .length = length, .dir = dir } };

	if (run.sink.wants & WANT(EV_PACKET))
		run.sink.ops->event(run.sink.self, &e);
}

/* -x: line ends, tabs, trailing blanks, and where segments began. */
static void
test_wire(void **state)
{
	struct ev_command tab = command(2, "NOOP", "NOOP\t\\r ");

	(void)state;
	tab.line_end = '\n';
	begin("text", &(struct output_options){ .wire = true });
	assert_true(run.sink.wants & WANT(EV_PACKET));
	open_session();
	packet(DIR_CLIENT, 0, 4);		/* "EHLO" */
	packet(DIR_CLIENT, 4, 4);		/* " a\r\n" without the LF, then the LF with the next command */
	packet(DIR_CLIENT, 7, 20);
	client(1, command(1, "EHLO", "EHLO a"));
	packet(DIR_SERVER, 0, 3);
	packet(DIR_SERVER, 3, 30);
	reply(2, 1, "250-mx\n250 SIZE", (struct ev_reply){ .verb = S("EHLO"), .recipient = -1 });
	client(3, tab);
	close_session(4, WHY_FIN, DIR_CLIENT);
	end();
	expect("  C ¦EHLO¦ a\\r¦\\n\n");
	expect("  S ¦250¦-mx\\r\\n\n");
	expect("  S 250 SIZE\\r\\n\n");
	expect("  C NOOP\\t\\\\r\\x20\\n\n");
	begin("text", &plain);
	assert_false(run.sink.wants & (WANT(EV_PACKET) | WANT(EV_MAIL_BYTES)));
	end();
}

static void
test_hex(void **state)
{
	(void)state;
	begin("text", &(struct output_options){ .hex = true });
	open_session();
	client(1, command(1, "EHLO", "EHLO client.example.org"));
	close_session(2, WHY_FIN, DIR_CLIENT);
	end();
	expect("  0.001          C EHLO client.example.org\n"
	    "                   00000000  45 48 4c 4f 20 63 6c 69  65 6e 74 2e 65 78 61 6d  |EHLO client.exam|\n"
	    "                   00000010  70 6c 65 2e 6f 72 67 0d  0a                       |ple.org..|\n");
}

static void
mail_bytes(const char *bytes)
{
	struct ev_mail_bytes m = { 2, slice_of(bytes), false };

	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_MAIL_BYTES, .u.mail_bytes = m });
}

/* -vv: the exact lines of a message, wherever its pieces were cut; -v: packets, and what to do. */
static void
test_verbose(void **state)
{
	(void)state;
	begin("text", &(struct output_options){ .verbose = 2 });
	open_session();
	anomaly(1, DIR_CLIENT, FINDING_TCP_GAP, 0, "");
	anomaly(1, DIR_CLIENT, FINDING_SMTP_AUTH_FAILED, 0, "535 no");
	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_MAIL_BEGIN, .u.mail_begin = { 2, 1, "DATA" } });
	mail_bytes("Subj");
	mail_bytes("ect: a\r");
	mail_bytes("\n\r\n bare\nlast\033");
	content(40, 24, 7);
	close_session(41, WHY_FIN, DIR_CLIENT);
	end();
	expect("  0.000  0.4 ms      1  · connected\n");
	expect("                        C| Subject: a\n                        C|\n                        C|  bare\n"
	    "                        C| last\\e\n");
	expect("  C message 1: 24 bytes, 7 bytes missing\n");
	expect("  !  warning  tcp.gap  bytes of the stream");
	expect("  (packet 2)\n     → capture again");
	expect("  !  note  smtp.auth-failed  535 no  (packet 3)\n     an authentication failed (RFC 4954 6)\n     → check");
	expect(" · 2 findings\n");
}

/* What was not captured is not said to be missing. */
static void
test_lost_farewell(void **state)
{
	(void)state;
	begin("text", &plain);
	run.tcp.one_sided = true;
	open_session();
	client(1, command(1, "QUIT", "QUIT"));
	close_session(2, WHY_FIN, DIR_CLIENT);
	end();
	expect("· closed: QUIT, then FIN by the client\n");
	begin("text", &plain);
	open_session();
	tell(1, DIR_CLIENT, 0, (struct event){ .kind = EV_GAP, .u.gap = { 6, 0, 0 } });
	close_session(2, WHY_FIN, DIR_CLIENT);
	end();
	expect("· closed: FIN by the client\n");
	begin("text", &plain);
	open_session();
	tell(1, DIR_CLIENT, 0, (struct event){ .kind = EV_GAP, .u.gap = { 6, 0, 0 } });
	reply(1, 0, "221 bye", (struct ev_reply){ .recipient = -1 });
	close_session(2, WHY_FIN, DIR_SERVER);
	end();
	expect("· closed: 221, then FIN by the server\n");
}

/* What a server took out of a message is announced, once. */
static void
test_other_reading(void **state)
{
	struct ev_command noop = command(3, "NOOP", "NOOP");

	(void)state;
	begin("text", &plain);
	open_session();
	tell(1, DIR_CLIENT, 0, (struct event){ .kind = EV_MAIL_BEGIN, .u.mail_begin = { 2, 1, "DATA" } });
	content(1, 10, 0);
	for (int i = 0; i < 2; i++)
		tell(2, DIR_CLIENT, 6, (struct event){ .kind = EV_COMMAND, .at.server_reading = true, .u.command = noop });
	client(3, noop);
	close_session(4, WHY_FIN, DIR_CLIENT);
	end();
	expect("  C message 1: 10 bytes, whole\n"
	    "  0.002          · what follows stood inside the message before it (1); the server read it as commands\n"
	    "  0.002          C NOOP\n  0.002          C NOOP\n  0.003          C NOOP\n");
}

/* What stands in no message and no command. */
static void
test_notes(void **state)
{
	struct ev_proxy proxy = { .by = "PROXY", .client.port = 4711 };

	(void)state;
	addr_parse(S("203.0.113.7"), &proxy.client.addr);
	begin("text", &plain);
	run.tcp.midstream = true;
	run.tcp.handshake = NSTIME_NONE;
	open_session();
	tell(1, DIR_CLIENT, 0, (struct event){ .kind = EV_PROXY, .u.proxy = proxy });
	tell(2, DIR_SERVER, 0, (struct event){ .kind = EV_GAP, .u.gap = { 1448, 0, 0 } });
	tell(2, DIR_CLIENT, 0, (struct event){ .kind = EV_GAP, .u.gap = { 1, 0, 0 } });
	tell(3, DIR_CLIENT, 0, (struct event){ .kind = EV_TLS, .u.tls = { TLS_BEGINS, "starttls", 0x301 } });
	tell(4, DIR_CLIENT, 0, (struct event){ .kind = EV_TLS, .u.tls = { TLS_NOT, "starttls", 0 } });
	close_session(5, WHY_END_OF_CAPTURE, DIR_CLIENT);
	end();
	expect("  0.000          · picked up midstream: the beginning was not captured\n");
	expect("  · PROXY: the client is 203.0.113.7:4711\n");
	expect("  · 1,448 bytes of the server were not captured\n");
	expect("  · 1 byte of the client was not captured\n");
	expect("  · TLS begins\n");
	expect("  · no TLS: what follows STARTTLS is in clear\n");
	expect(" · the beginning was not captured\n");
}

/* What comes from the wire is escaped, in every output, and colours are ours alone. */
static void
hostile(const char *format, const struct output_options *options)
{
	begin(format, options);
	open_session();
	client(1, command(1, "HELO", "HELO \033]0;pwned\007\302\233m \342\200\256x"));
	reply(2, 1, "550 5.7.1 \033[31mgr\374n", (struct ev_reply){ .verb = S("HELO"), .address = S("a b\"\033@x"), .recipient = -1,
	    .ambiguous = true });
	anomaly(3, DIR_CLIENT, FINDING_TERM_ESCAPE, 0, "\033[2J");
	close_session(5, WHY_RST, DIR_CLIENT);
	end();
}

static void
test_hostile(void **state)
{
	(void)state;
	hostile("text", &plain);
	unexpected("\033");
	unexpected("\007");
	expect("C HELO \\e]0;pwned\\x07\\u{9B}m \\u{202E}x\n");
	expect("S 550 5.7.1 \\e[31mgr\\xFCn  ← HELO a b\"\\e@x\n");
	expect("!  alert  term.escape  \\e[2J\n");
	hostile("lines", &plain);
	unexpected("\033");
	expect(" re=HELO:a\\x20b\\\"\\e@x wait=0.001\n");
	hostile("text", &(struct output_options){ .colour = { true, true } });
	expect("\033[31mS 550 5.7.1 \\e[31m");
	unexpected("\033]");
	unexpected("\033[2J");
}

static void
lmtp_rcpt(uint32_t serial, const char *address, int32_t recipient)
{
	char line[64];

	snprintf(line, sizeof line, "RCPT TO:<%s>", address);
	path(2, command(serial, "RCPT", line), 2, address);
	reply(2, 0.1, "250 Ok", (struct ev_reply){ .answers = serial, .mail = 2, .verb = S("RCPT"), .address = slice_of(address),
	    .recipient = recipient });
}

/* LMTP: each recipient has a reply of its own, and a fate of its own. */
static void
deliver(const char *format)
{
	begin(format, &plain);
	open_session();
	path(1, command(2, "MAIL", "MAIL FROM:<>"), 2, "");
	reply(1, 0.1, "250 Ok", (struct ev_reply){ .answers = 2, .mail = 2, .verb = S("MAIL"), .recipient = -1 });
	lmtp_rcpt(3, "bob@example.net", 0);
	lmtp_rcpt(4, "carol@example.net", 1);
	tell(3, DIR_CLIENT, 0, (struct event){ .kind = EV_MAIL_BEGIN, .u.mail_begin = { 2, 1, "DATA" } });
	content(4, 1, 0);
	reply(5, 1, "250 2.0.0 Saved", (struct ev_reply){ .answers = 5, .mail = 2, .verb = S("."), .address = S("bob@example.net"),
	    .recipient = 0 });
	reply(6, 2, "452 4.2.2 Mailbox full", (struct ev_reply){ .answers = 5, .mail = 2, .verb = S("."),
	    .address = S("carol@example.net"), .recipient = 1 });
	tell(6, DIR_SERVER, 0, (struct event){ .kind = EV_MAIL_DONE, .u.mail_done = { 2, 1, MAIL_ACCEPTED, "data", false } });
	close_session(7, WHY_FIN, DIR_CLIENT);
	end();
}

static void
test_lmtp(void **state)
{
	(void)state;
	deliver("text");
	expect("C message 1: 1 byte, whole\n");
	expect("S 250 2.0.0 Saved  ← message 1 for bob@example.net\n");
	expect("S 452 4.2.2 Mailbox full  ← message 1 for carol@example.net\n");
	expect("── 1 message accepted for 1 of 2 recipients");
	deliver("log");
	expect(" from=<> to=<bob@example.net> size=1 delay=0.005 dsn=2.0.0 status=accepted stage=DATA (250 2.0.0 Saved)\n");
	expect("29:01.129456Z #3.1 192.0.2.10>198.51.100.5:25 from=<> to=<carol@example.net> size=1 delay=0.006 dsn=4.2.2 "
	    "status=rejected stage=DATA (452 4.2.2 Mailbox full)\n");
}

static void
attempts(const char *format)
{
	struct attempt_facts a = { .first = start, .last = start + MS(12500), .detail = S("port unreachable\033"),
	    .finding = FINDING_TCP_REFUSED, .server.port = 25 };

	begin(format, &plain);
	addr_parse(S("192.0.2.10"), &a.client.addr);
	addr_parse(S("2001:db8::9"), &a.server.addr);
	assert_int_equal(fold_attempt(run.fold, &a), 0);
	assert_int_equal(fold_attempt(run.fold, &a), 0);
	end();
}

static void
test_attempts(void **state)
{
	(void)state;
	attempts("text");
	expect("── refused · 2026-11-21T18:29:01.123456Z · 192.0.2.10 → [2001:db8::9]:25 · 2 times in 12.500 s · port unreachable\\e\n");
	expect("\n  !  warning  tcp.refused  ");
	attempts("lines");
	expect("2026-11-21T18:29:01.123456Z - · refused: port unreachable\\e client=192.0.2.10 server=[2001:db8::9]:25 count=2 "
	    "duration=12.500\n");
	attempts("log");
	expect("2026-11-21T18:29:01.123456Z - 192.0.2.10>[2001:db8::9]:25 count=2 delay=12.50 status=refused stage=CONNECT "
	    "(port unreachable\\e)\n");
}

/* A session over the limit says so, and still says how it ended. */
static void
test_limit(void **state)
{
	(void)state;
	begin("text", &(struct output_options){ .time_given = true, .time = TIME_NONE });
	open_session();
	for (uint32_t i = 0; i < LIMIT_ROWS + 10; i++)
		client(1, command(i + 1, "NOOP", "NOOP"));
	close_session(7, WHY_FIN, DIR_CLIENT);
	end();
	expect("  · closed: FIN by the client, without QUIT\n  · the session is longer than a transcript may be");
	expect("── no message · 100,010 commands");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_text),
		cmocka_unit_test(test_example_none),
		cmocka_unit_test(test_example_lines),
		cmocka_unit_test(test_example_log),
		cmocka_unit_test(test_closes),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_verbose),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_lost_farewell),
		cmocka_unit_test(test_other_reading),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_lmtp),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_limit),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(run.out);
	return failed;
}
