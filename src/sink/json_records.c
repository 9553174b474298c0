/*
 * json_records.c - the keys of the records, in the order in which they stand.
 *
 * Absent facts are absent keys. A key has one type at the same place of all
 * records: hence "packet_count" of stats, for "packets" of a session are an
 * object. All records:
 *
 *	v		number	version of this format: 1
 *	type		string	"session" "message" "attempt" "finding" "stats"
 *	uid		string	the same on every run over the same packets
 *	sensor		string	--sensor
 *	time		string	start (message: its MAIL; attempt: the first one; stats: the first packet; absent if there was none)
 *	findings	list	{id severity text direction offset packet}
 *	finding_ids	list	each id once
 *	severity	string	the highest: "info" "note" "warning" "alert"
 *	truncated	list	names of what was cut by --json-max or another limit
 *
 * "session" and "message" are described in the manual, parts and links in json_parts.c too. The others:
 *
 * attempt:	client {ip}  server {ip port}  outcome ("refused" "no-answer" "unreachable" "no-greeting"
 *		"other-protocol")  count  first  last (times)  detail (string: ICMP words, or what was spoken)
 * finding:	id  text  direction  offset  packet  uids (list: what it speaks of)
 * stats:	end (time)  duration  final (boolean)  packet_count  byte_count  filtered  dropped  tcp_segments
 *		connections  sessions  messages  recipient_count  attempts  attempts_untold  commands
 *		replies {1yz 2yz 3yz 4yz 5yz other}
 *		statuses {accepted rejected refused aborted unanswered unknown incomplete}
 *		message_bytes  missing_bytes  gaps  retransmitted  out_of_order  overlap_conflicts  evicted
 *		damaged (boolean)  memory_peak
 *		drops {kernel interface smtptap} (live, or if there were any)  interval (seconds, with --stats-interval)
 *		written {files packet_count byte_count} (live, by -w)
 *		open_sessions  open_flows  memory (only where final is false)
 *		severities {info note warning alert}  finding_counts (list of {id severity count})
 *		display_filter  matched {sessions messages attempts shown_undecided} (with -Y)
 */
#include "json_records.h"

#include "gate.h"
#include "json_cut.h"
#include "json_parts.h"

typedef struct json_records writer;

void
json_endpoint(struct json *j, slice key, const struct endpoint *e)
{
	char text[ADDR_TEXT];

	if (e->addr.family == 0)
		return;
	json_begin(j, key);
	json_word(j, KEY("ip"), addr_text(&e->addr, text));
	json_number(j, KEY("port"), e->port);
	json_end(j);
}

static void
begin_record(writer *w, const char *type, const char *uid)
{
	json_clear(&w->j);
	w->j.digits = w->options->digits;
	json_begin(&w->j, JSON_ITEM);
	json_number(&w->j, KEY("v"), 1);
	json_word(&w->j, KEY("type"), type);
	json_word(&w->j, KEY("uid"), uid);
}

static void
sensor(writer *w)
{
	if (w->options->sensor != NULL)
		json_text(&w->j, KEY("sensor"), slice_of(w->options->sensor));
}

void
json_finding_text(struct json *j, enum finding f, slice detail)
{
	json_text(j, KEY("text"), detail.n ? detail : slice_of(finding_info(f)->seen));
}

enum evidence { NO_STREAM, STREAM };

static void
finding(writer *w, const struct rec_finding *f, enum evidence evidence)
{
	json_word(&w->j, KEY("id"), finding_info(f->finding)->id);
	json_word(&w->j, KEY("severity"), severity_name(finding_info(f->finding)->severity));
	json_finding_text(&w->j, f->finding, f->detail);
	if (evidence == STREAM) {
		json_word(&w->j, KEY("direction"), f->dir == DIR_CLIENT ? "client" : "server");
		json_number(&w->j, KEY("offset"), f->offset);
	}
	if (f->packet != 0)
		json_number(&w->j, KEY("packet"), f->packet);
}

static void
finding_ids(writer *w, const struct rec_findings *r)
{
	json_list(&w->j, KEY("finding_ids"));
	for (enum finding f = 0; r->count > 0 && f < FINDINGS; f++)
		if (rec_findings_have(r, f))
			json_word(&w->j, JSON_ITEM, finding_info(f)->id);
	json_list_end(&w->j);
}

static void
findings(writer *w, const struct rec_findings *r, enum evidence evidence)
{
	struct json_cut_list l = json_cut_begin(w, CUT_FINDINGS, KEY("findings"));

	for (size_t i = 0; i < r->n && json_cut_goes_on(w, &l); i++) {
		json_begin(&w->j, JSON_ITEM);
		finding(w, &r->v[i], evidence);
		json_end(&w->j);
	}
	json_cut_end(w, &l);
	if (r->count > r->n)
		json_note_cut(&w->j, S("findings"));
	finding_ids(w, r);
	if (r->severity != SEVERITY_NONE)
		json_word(&w->j, KEY("severity"), severity_name(r->severity));
}

static void
end_record(writer *w)
{
	struct json *j = &w->j;

	if (j->ncut > 0)
		json_texts(j, KEY("truncated"), j->cut, j->ncut);
	json_end(j);
	json_line_end(j);
}

static void
reply(writer *w, slice key, const struct rec_reply *r)
{
	if (r->code == 0)
		return;
	json_begin(&w->j, key);
	json_integer(&w->j, KEY("code"), r->code);
	json_text(&w->j, KEY("enhanced"), r->enhanced);
	json_text(&w->j, KEY("text"), r->text);
	json_end(&w->j);
}

static void
helo(writer *w, slice verb, slice name)
{
	if (verb.p == NULL)
		return;
	json_begin(&w->j, KEY("helo"));
	json_text(&w->j, KEY("verb"), verb);
	json_text(&w->j, KEY("name"), name);
	json_end(&w->j);
}

static void
parameters(writer *w, slice key, const struct pair *p, size_t n, enum json_cut kind)
{
	struct json_cut_list l = json_cut_begin(w, kind, key);

	for (size_t i = 0; i < n && json_cut_goes_on(w, &l); i++) {
		json_begin(&w->j, JSON_ITEM);
		json_text(&w->j, KEY("name"), p[i].name);
		json_text(&w->j, KEY("value"), p[i].value);
		json_end(&w->j);
	}
	json_cut_end(w, &l);
}

static void
recipient(writer *w, const struct rec_recipient *r)
{
	struct json *j = &w->j;

	json_begin(j, JSON_ITEM);
	json_text(j, KEY("address"), r->address);
	json_text(j, KEY("path"), r->path);
	if (r->reply.code != 0 || r->rcpt_code != 0)
		json_bool(j, KEY("accepted"), r->accepted);
	if (r->reply.code != 0) {
		json_integer(j, KEY("code"), r->reply.code);
		json_text(j, KEY("enhanced"), r->reply.enhanced);
		json_text(j, KEY("text"), r->reply.text);
	}
	if (r->rcpt_code != 0)
		json_integer(j, KEY("rcpt_code"), r->rcpt_code);
	json_list(j, KEY("parameters"));
	for (size_t i = 0; i < r->nparameter; i++) {
		json_begin(j, JSON_ITEM);
		json_text(j, KEY("name"), r->parameter[i].name);
		json_text(j, KEY("value"), r->parameter[i].value);
		json_end(j);
	}
	json_list_end(j);
	json_end(j);
}

static void
recipients(writer *w, const struct rec_message *m)
{
	struct json_cut_list l = json_cut_begin(w, CUT_RECIPIENTS, KEY("recipients"));

	for (size_t i = 0; i < m->nrecipient && json_cut_goes_on(w, &l); i++)
		recipient(w, &m->recipient[i]);
	json_cut_end(w, &l);
	json_number(&w->j, KEY("recipient_count"), m->recipients);
	if (m->nrecipient < m->recipients)
		json_note_cut(&w->j, S("recipients"));
}

static void
mailbox(writer *w, const struct rec_address *a)
{
	json_begin(&w->j, JSON_ITEM);
	json_text(&w->j, KEY("name"), a->name);
	json_text(&w->j, KEY("address"), a->address);
	json_end(&w->j);
}

/* Members of a group stand together, as they did in the field. Returns how many entries it was. */
static size_t
group(writer *w, const struct rec_address *a, size_t n)
{
	size_t i;

	json_begin(&w->j, JSON_ITEM);
	json_text(&w->j, KEY("group"), a->group);
	json_list(&w->j, KEY("members"));
	for (i = 0; i < n && a[i].group.p != NULL && slice_eq(a[i].group, a->group); i++)
		if (a[i].address.p != NULL)
			mailbox(w, &a[i]);
	json_list_end(&w->j);
	json_end(&w->j);
	return i;
}

static void
addresses(writer *w, slice key, const struct rec_address *a, size_t n)
{
	struct json_cut_list l;

	if (a == NULL)
		return;
	l = json_cut_begin(w, CUT_ADDRESSES, key);
	for (size_t i = 0; i < n && json_cut_goes_on(w, &l);) {
		if (a[i].group.p != NULL)
			i += group(w, a + i, n - i);
		else
			mailbox(w, &a[i++]);
	}
	json_cut_end(w, &l);
}

static void
timing(writer *w, const struct rec_message *m)
{
	if (m->wait_mail == NSTIME_NONE && m->wait_rcpt == NSTIME_NONE && m->wait_data == NSTIME_NONE
	    && m->content_time == NSTIME_NONE && m->wait_accept == NSTIME_NONE)
		return;
	json_begin(&w->j, KEY("timing"));
	json_seconds(&w->j, KEY("mail"), m->wait_mail);
	json_seconds(&w->j, KEY("rcpt"), m->wait_rcpt);
	json_seconds(&w->j, KEY("data"), m->wait_data);
	json_seconds(&w->j, KEY("content"), m->content_time);
	json_seconds(&w->j, KEY("accept"), m->wait_accept);
	json_end(&w->j);
}

static void
envelope(writer *w, const struct rec_message *m)
{
	struct json *j = &w->j;

	helo(w, m->helo_verb, m->helo_name);
	json_bool(j, KEY("encrypted"), m->encrypted);
	json_text(j, KEY("auth_user"), m->auth_user);
	if (m->has_mail_from) {
		if (m->null_sender)
			json_word(j, KEY("mail_from"), "");	/* the only empty text there is */
		else
			json_text(j, KEY("mail_from"), m->mail_from);
		json_text(j, KEY("mail_path"), m->mail_path);
		json_bool(j, KEY("null_sender"), m->null_sender);
		parameters(w, KEY("mail_parameters"), m->parameter, m->nparameter, CUT_PARAMETERS);
	}
	recipients(w, m);
	json_word(j, KEY("transfer"), m->transfer);
	json_word(j, KEY("status"), mail_status_name(m->status));
	json_word(j, KEY("stage"), m->stage);
	if (m->two_readings || m->server_reading)
		json_word(j, KEY("reading"), m->server_reading ? "server" : "rfc");
	reply(w, KEY("reply"), &m->reply);
	json_text(j, KEY("queue_id"), m->queue_id);
}

static void
content(writer *w, const struct rec_message *m)
{
	struct json *j = &w->j;

	if (!m->has_content)
		return;
	json_number(j, KEY("size"), m->size);
	json_digests(j, w->options->digests, m->has_sha256 ? m->sha256 : NULL, m->has_sha1 ? m->sha1 : NULL,
	    m->has_md5 ? m->md5 : NULL);
	json_bool(j, KEY("whole"), m->whole);
	json_number(j, KEY("missing_bytes"), m->missing);
	if (m->damaged)
		json_bool(j, KEY("damaged"), true);
}

static void
headers(writer *w, const struct rec_message *m)
{
	json_text(&w->j, KEY("subject"), m->subject);
	addresses(w, KEY("from"), m->from, m->nfrom);
	addresses(w, KEY("to"), m->to, m->nto);
	addresses(w, KEY("cc"), m->cc, m->ncc);
	addresses(w, KEY("reply_to"), m->reply_to, m->nreply_to);
	json_date(&w->j, KEY("date"), m->date_time);
	json_text(&w->j, KEY("message_id"), m->message_id);
	json_text(&w->j, KEY("in_reply_to"), m->in_reply_to);
	json_references(w, m);
	json_text(&w->j, KEY("user_agent"), m->user_agent);
	json_received(w, m);
	if (w->options->all_headers && m->header != NULL)
		parameters(w, KEY("headers"), m->header, m->nheader, CUT_HEADERS);
}

static void
message(writer *w, const struct rec_message *m)
{
	struct json *j = &w->j;

	begin_record(w, "message", m->uid);
	json_word(j, KEY("session_uid"), m->session->uid);
	sensor(w);
	json_number(j, KEY("session"), m->session->number);
	json_number(j, KEY("index"), m->index);
	json_word(j, KEY("community_id"), m->session->community_id);
	json_endpoint(j, KEY("client"), &m->session->client);
	json_endpoint(j, KEY("server"), &m->session->server);
	json_time(j, KEY("time"), m->time);
	envelope(w, m);
	content(w, m);
	headers(w, m);
	json_parts(w, m);
	json_urls(w, m);
	timing(w, m);
	findings(w, &m->findings, STREAM);
	for (size_t i = 0; i < m->ncut; i++)
		json_note_cut(j, m->cut[i]);
	if (m->truncated)
		json_note_cut(j, S("facts"));
	end_record(w);
}

static void
pair_of_numbers(struct json *j, slice key, const uint64_t v[2])
{
	json_begin(j, key);
	json_number(j, KEY("client"), v[DIR_CLIENT]);
	json_number(j, KEY("server"), v[DIR_SERVER]);
	json_end(j);
}

static void
tcp(struct json *j, const struct tcp_facts *t)
{
	json_begin(j, KEY("tcp"));
	json_seconds(j, KEY("handshake"), t->handshake);
	json_number(j, KEY("retransmitted"), t->retransmitted);
	json_number(j, KEY("out_of_order"), t->out_of_order);
	json_number(j, KEY("overlap_conflicts"), t->overlap_conflicts);
	json_word(j, KEY("overlap_policy"), overlap_name(t->overlap));
	pair_of_numbers(j, KEY("missing_bytes"), t->missing);
	json_bool(j, KEY("midstream"), t->midstream);
	json_end(j);
}

static void
auth_attempt(writer *w, const struct rec_auth *a)
{
	struct json *j = &w->j;

	json_begin(j, JSON_ITEM);
	json_text(j, KEY("mechanism"), a->mechanism);
	json_text(j, KEY("user"), a->user);
	if (a->secret.p != NULL)
		json_text(j, KEY("secret"), w->options->show_secrets && a->secret.n > 0 ? a->secret : S("<redacted>"));
	json_bool(j, KEY("accepted"), a->accepted);
	if (a->cancelled)
		json_bool(j, KEY("cancelled"), true);
	if (a->code != 0)
		json_integer(j, KEY("code"), a->code);
	json_end(j);
}

static void
auths(writer *w, const struct rec_session *s)
{
	struct json_cut_list l;

	if (s->auths == 0)
		return;
	l = json_cut_begin(w, CUT_AUTH, KEY("auth"));
	for (size_t i = 0; i < s->nauth && json_cut_goes_on(w, &l); i++)
		auth_attempt(w, &s->auth[i]);
	json_cut_end(w, &l);
	json_number(&w->j, KEY("auth_count"), s->auths);
	if (s->nauth < s->auths)
		json_note_cut(&w->j, S("auth"));
}

static void
vlans(struct json *j, const struct tcp_facts *t)
{
	if (t->nvlan == 0)
		return;
	json_list(j, KEY("vlan"));
	for (unsigned i = 0; i < t->nvlan; i++)
		json_number(j, JSON_ITEM, t->vlan[i]);
	json_list_end(j);
}

static void
greeting(writer *w, const struct rec_session *s)
{
	struct json *j = &w->j;

	if (!s->has_greeting)
		return;
	json_begin(j, KEY("greeting"));
	json_integer(j, KEY("code"), s->greeting.code);
	json_text(j, KEY("host"), s->greeting_host);
	json_text(j, KEY("text"), s->greeting.text);
	json_end(j);
}

static void
proxy(struct json *j, const struct rec_session *s)
{
	if (!s->has_proxy && s->proxy_name.p == NULL)
		return;
	json_begin(j, KEY("proxy"));
	if (s->has_proxy)
		json_endpoint(j, KEY("client"), &s->proxy_client);
	json_text(j, KEY("name"), s->proxy_name);
	json_end(j);
}

static void
capabilities(writer *w, const struct rec_session *s)
{
	struct json_cut_list all = {
		.kind = CUT_CAPABILITIES, .name = S("capabilities"), .start = w->j.out.n, .inner = w->inner,
	};

	if (s->ncapability == 0)
		return;
	json_texts(&w->j, KEY("capabilities"), s->capability, s->ncapability);
	json_cut_goes_on(w, &all);			/* all or none: they are few */
}

static void
spoken(writer *w, const struct rec_session *s)
{
	struct json *j = &w->j;

	json_word(j, KEY("protocol"), s->protocol);
	json_word(j, KEY("close"), rec_session_close(s));
	json_word(j, KEY("complete"), rec_session_complete(s));
	proxy(j, s);
	greeting(w, s);
	helo(w, s->helo_verb, s->helo_name);
	capabilities(w, s);
	json_bool(j, KEY("encrypted"), s->tls);
	if (s->tls) {
		json_begin(j, KEY("tls"));
		json_word(j, KEY("mode"), s->tls_facts.mode);
		json_end(j);
	}
	auths(w, s);
}

static void
counts(struct json *j, const struct rec_session *s)
{
	json_number(j, KEY("messages"), s->messages);
	json_number(j, KEY("accepted"), s->accepted);
	json_number(j, KEY("commands"), s->commands);
	json_number(j, KEY("errors"), s->errors);
	json_number(j, KEY("pipelined"), s->pipelined);
	pair_of_numbers(j, KEY("bytes"), s->tcp.bytes);
	pair_of_numbers(j, KEY("packets"), s->tcp.packets);
	tcp(j, &s->tcp);
}

static void
session(writer *w, const struct rec_session *s)
{
	struct json *j = &w->j;

	begin_record(w, "session", s->uid);
	sensor(w);
	json_number(j, KEY("session"), s->number);
	json_time(j, KEY("time"), s->time);
	json_time(j, KEY("end"), s->end);
	json_seconds(j, KEY("duration"), s->end - s->time);
	json_endpoint(j, KEY("client"), &s->client);
	json_endpoint(j, KEY("server"), &s->server);
	json_word(j, KEY("community_id"), s->community_id);
	vlans(j, &s->tcp);
	spoken(w, s);
	counts(j, s);
	findings(w, &s->findings, STREAM);
	if (s->truncated)
		json_note_cut(j, S("facts"));
	end_record(w);
}

static void
attempt(writer *w, const struct rec_attempt *a)
{
	struct json *j = &w->j;
	char text[ADDR_TEXT];

	begin_record(w, "attempt", a->uid);
	sensor(w);
	json_time(j, KEY("time"), a->first);
	json_begin(j, KEY("client"));
	json_word(j, KEY("ip"), addr_text(&a->client, text));
	json_end(j);
	json_endpoint(j, KEY("server"), &a->server);
	json_word(j, KEY("outcome"), attempt_name(a->outcome));
	json_number(j, KEY("count"), a->count);
	json_time(j, KEY("first"), a->first);
	json_time(j, KEY("last"), a->last);
	json_text(j, KEY("detail"), a->detail);
	findings(w, &a->findings, NO_STREAM);
	end_record(w);
}

static void
lone_finding(writer *w, const struct rec_lone_finding *f)
{
	struct json *j = &w->j;

	begin_record(w, "finding", f->own_uid);
	sensor(w);
	json_time(j, KEY("time"), f->finding.time);
	finding(w, &f->finding, f->uid[0] ? STREAM : NO_STREAM);
	json_list(j, KEY("finding_ids"));
	json_word(j, JSON_ITEM, finding_info(f->finding.finding)->id);
	json_list_end(j);
	json_list(j, KEY("uids"));
	if (f->uid[0])
		json_word(j, JSON_ITEM, f->uid);
	json_list_end(j);
	end_record(w);
}

static void
stats_replies(struct json *j, const struct rec_stats *s)
{
	json_begin(j, KEY("replies"));
	json_number(j, KEY("1yz"), s->reply_class[1]);
	json_number(j, KEY("2yz"), s->reply_class[2]);
	json_number(j, KEY("3yz"), s->reply_class[3]);
	json_number(j, KEY("4yz"), s->reply_class[4]);
	json_number(j, KEY("5yz"), s->reply_class[5]);
	json_number(j, KEY("other"), s->reply_class[0]);
	json_end(j);
	json_begin(j, KEY("statuses"));
	json_number(j, KEY("accepted"), s->status[MAIL_ACCEPTED]);
	json_number(j, KEY("rejected"), s->status[MAIL_REJECTED]);
	json_number(j, KEY("refused"), s->status[MAIL_REFUSED]);
	json_number(j, KEY("aborted"), s->status[MAIL_ABORTED]);
	json_number(j, KEY("unanswered"), s->status[MAIL_UNANSWERED]);
	json_number(j, KEY("unknown"), s->status[MAIL_UNKNOWN]);
	json_number(j, KEY("incomplete"), s->status[MAIL_INCOMPLETE]);
	json_end(j);
}

static void
stats_findings(struct json *j, const struct rec_stats *s)
{
	json_begin(j, KEY("severities"));
	json_number(j, KEY("info"), s->by_severity[INFO]);
	json_number(j, KEY("note"), s->by_severity[NOTE]);
	json_number(j, KEY("warning"), s->by_severity[WARNING]);
	json_number(j, KEY("alert"), s->by_severity[ALERT]);
	json_end(j);
	json_list(j, KEY("finding_counts"));
	for (enum finding f = 0; f < FINDINGS; f++) {
		if (s->finding[f] == 0)
			continue;
		json_begin(j, JSON_ITEM);
		json_word(j, KEY("id"), finding_info(f)->id);
		json_word(j, KEY("severity"), severity_name(finding_info(f)->severity));
		json_number(j, KEY("count"), s->finding[f]);
		json_end(j);
	}
	json_list_end(j);
	json_list(j, KEY("finding_ids"));
	for (enum finding f = 0; f < FINDINGS; f++)
		if (s->finding[f] > 0)
			json_word(j, JSON_ITEM, finding_info(f)->id);
	json_list_end(j);
	for (enum severity worst = ALERT; worst > SEVERITY_NONE; worst--)
		if (s->by_severity[worst] > 0) {
			json_word(j, KEY("severity"), severity_name(worst));
			break;
		}
}

static void
stats_numbers(struct json *j, const struct rec_stats *s)
{
	const struct { slice key; uint64_t value; } number[] = {
		{ KEY("packet_count"), s->packets }, { KEY("byte_count"), s->bytes }, { KEY("filtered"), s->filtered },
		{ KEY("dropped"), s->dropped }, { KEY("tcp_segments"), s->tcp_segments },
		{ KEY("connections"), s->connections }, { KEY("sessions"), s->sessions },
		{ KEY("messages"), s->messages }, { KEY("recipient_count"), s->recipients },
		{ KEY("attempts"), s->attempts }, { KEY("attempts_untold"), s->attempts_untold },
		{ KEY("commands"), s->command_count }, { KEY("message_bytes"), s->message_bytes },
		{ KEY("missing_bytes"), s->missing_bytes }, { KEY("gaps"), s->gaps },
		{ KEY("retransmitted"), s->retransmitted }, { KEY("out_of_order"), s->out_of_order },
		{ KEY("overlap_conflicts"), s->conflicts }, { KEY("evicted"), s->evicted },
		{ KEY("memory_peak"), s->memory_peak },
	};

	for (size_t i = 0; i < sizeof number / sizeof number[0]; i++)
		json_number(j, number[i].key, number[i].value);
}

static void
stats_drops(struct json *j, const struct rec_stats *s)
{
	if (!s->live && s->dropped == 0)
		return;
	json_begin(j, KEY("drops"));
	json_number(j, KEY("kernel"), s->drops.kernel);
	json_number(j, KEY("interface"), s->drops.interface);
	json_number(j, KEY("smtptap"), s->drops.ours);
	json_end(j);
}

static void
stats_written(struct json *j, const struct rec_stats *s)
{
	if (!s->written.given)
		return;
	json_begin(j, KEY("written"));
	json_number(j, KEY("files"), s->written.files);
	json_number(j, KEY("packet_count"), s->written.packets);
	json_number(j, KEY("byte_count"), s->written.bytes);
	json_end(j);
}

/* What is true of this moment only. */
static void
stats_now(struct json *j, const struct rec_stats *s)
{
	if (s->interval > 0)
		json_seconds(j, KEY("interval"), s->interval);
	if (s->final)
		return;
	json_number(j, KEY("open_sessions"), s->open_sessions);
	json_number(j, KEY("open_flows"), s->open_flows);
	json_number(j, KEY("memory"), s->memory);
}

/* The numbers above are of everything that was read; these of what matched. */
static void
stats_filter(writer *w)
{
	struct gate_counts shown = gate_counts(w->options->gate);
	struct json *j = &w->j;

	if (w->options->gate == NULL)
		return;
	json_text(j, KEY("display_filter"), filter_text(gate_filter(w->options->gate)));
	json_begin(j, KEY("matched"));
	json_number(j, KEY("sessions"), shown.sessions);
	json_number(j, KEY("messages"), shown.messages);
	json_number(j, KEY("attempts"), shown.attempts);
	json_number(j, KEY("shown_undecided"), shown.undecided);
	json_end(j);
}

static void
stats(writer *w, const struct rec_stats *s)
{
	struct json *j = &w->j;

	begin_record(w, "stats", s->uid);
	sensor(w);
	json_time(j, KEY("time"), s->first);
	json_time(j, KEY("end"), s->last);
	if (s->first != NSTIME_NONE && s->last != NSTIME_NONE)
		json_seconds(j, KEY("duration"), s->last - s->first);
	json_bool(j, KEY("final"), s->final);
	stats_numbers(j, s);
	stats_drops(j, s);
	stats_written(j, s);
	stats_now(j, s);
	json_bool(j, KEY("damaged"), s->damaged);
	stats_replies(j, s);
	stats_findings(j, s);
	stats_filter(w);
	end_record(w);
}

static void
write_record(writer *w, const struct record *r, const size_t room[CUTS])
{
	memcpy(w->room, room, sizeof w->room);
	switch (r->kind) {
	case REC_SESSION:	session(w, r->u.session); break;
	case REC_MESSAGE:	message(w, r->u.message); break;
	case REC_ATTEMPT:	attempt(w, r->u.attempt); break;
	case REC_FINDING:	lone_finding(w, r->u.finding); break;
	case REC_STATS:		stats(w, r->u.stats); break;
	}
}

/*
 * The record is over --json-max. First without any list (and, if that is
 * still too much, with shorter texts); then each list gets what is left, the
 * one that is cut last first.
 */
static void
fit(writer *w, const struct record *r, size_t max)
{
	static const size_t shorter[] = { SIZE_MAX, 1024, 64 };
	size_t room[CUTS] = { 0 }, left, before;

	for (size_t i = 0; i < sizeof shorter / sizeof shorter[0]; i++) {
		w->j.text_max = shorter[i];
		write_record(w, r, room);
		if (w->j.out.n <= max)
			break;
	}
	left = w->j.out.n < max ? max - w->j.out.n : 0;
	for (enum json_cut k = CUTS; k-- > 0 && left > 0;) {
		before = w->j.out.n;
		room[k] = left;
		write_record(w, r, room);
		left -= w->j.out.n > before ? w->j.out.n - before : 0;
	}
	w->j.text_max = SIZE_MAX;
}

slice
json_records_line(writer *w, const struct record *r)
{
	size_t max = w->options->json_max ? w->options->json_max : LIMIT_JSON_RECORD;
	size_t room[CUTS];

	for (enum json_cut k = 0; k < CUTS; k++)
		room[k] = max;
	write_record(w, r, room);
	if (w->j.out.n > max)
		fit(w, r, max);
	return buf_slice(&w->j.out);
}

void
json_records_init(writer *w, const struct output_options *options)
{
	json_init(&w->j);
	w->options = options;
}

void
json_records_fini(writer *w)
{
	json_fini(&w->j);
}
