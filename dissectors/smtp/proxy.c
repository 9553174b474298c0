/*
 * proxy.c - somebody stands between the client and the server: the PROXY
 * protocol's header (HAProxy, doc/proxy-protocol.txt) before the client's own
 * first byte, Postfix's XCLIENT, and a tunnel through an HTTP proxy (RFC 9110
 * 9.3.6), where both sides begin behind the head of a request and its answer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/read.h"
#include "session.h"

enum { V1_LONGEST = 107, V2_HEADER = 16 };

struct proxy {
	struct buf bytes;		/* the header so far */
	uint64_t offset;		/* of its first byte */
	uint64_t skip;			/* bytes of a header that is longer than is looked at */
};

static const uint8_t signature[] = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n' };

static const slice v1 = { (const uint8_t *)"PROXY ", 6 };
static const slice v2 = { signature, sizeof signature };
static const slice tunnel = { (const uint8_t *)"CONNECT ", 8 };
static const slice tunnel_answer = { (const uint8_t *)"HTTP/1.", 7 };

static bool
agrees(slice bytes, slice with)
{
	return slice_eq(slice_take(bytes, with.n), slice_take(with, bytes.n));
}

static void
say_proxy(struct session *s, const struct ev_proxy *proxy, uint64_t offset, uint64_t length)
{
	struct event ev;
	char text[ENDPOINT_TEXT];
	slice detail = proxy->client.addr.family != 0 ? slice_of(endpoint_text(&proxy->client, text)) : proxy->name;

	smtp_event(s, EV_PROXY, s->client, offset, length, &ev);
	ev.u.proxy = *proxy;
	layer_emit(s->layer, &ev);
	if (proxy->target.n == 0)	/* CONNECT says nothing of the client */
		reading_note(&s->now, FINDING_SMTP_PROXY_HEADER, NULL, s->client, offset, length, detail);
}

static slice
word(slice *rest)
{
	slice w;

	slice_cut(*rest, ' ', &w, rest);
	return w;
}

static uint16_t
port_of(slice s)
{
	uint64_t port;

	return slice_number(s, &port) && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* "PROXY TCP4 192.0.2.1 198.51.100.1 51234 25" */
static void
read_v1(slice line, struct ev_proxy *p)
{
	slice rest = slice_drop(slice_chomp(line), v1.n), client, server;

	word(&rest);
	client = word(&rest);
	server = word(&rest);
	if (!addr_parse(client, &p->client.addr) || !addr_parse(server, &p->server.addr)) {
		*p = (struct ev_proxy){ .by = p->by };
		return;
	}
	p->client.port = port_of(word(&rest));
	p->server.port = port_of(word(&rest));
}

static struct addr
read_addr(struct reader *r, uint8_t family)
{
	struct addr a = { .family = family };
	slice ip = read_bytes(r, family == 4 ? 4 : 16);

	if (ip.n > 0)
		memcpy(a.ip, ip.p, ip.n);
	return a;
}

static void
read_v2(slice header, struct ev_proxy *p)
{
	enum { PROXIED = 0x21, TCP4 = 0x11, TCP6 = 0x21 };
	struct reader r = reader_of(slice_drop(header, v2.n));
	uint8_t command = read_u8(&r), family = read_u8(&r), version = family == TCP4 ? 4 : 6;

	read_skip(&r, 2);
	if (command != PROXIED || (family != TCP4 && family != TCP6))
		return;			/* LOCAL: a health check speaks for itself */
	p->client.addr = read_addr(&r, version);
	p->server.addr = read_addr(&r, version);
	p->client.port = read_be16(&r);
	p->server.port = read_be16(&r);
	if (r.short_of)
		*p = (struct ev_proxy){ .by = p->by };
}

/* "CONNECT mx.example.net:25 HTTP/1.1", and fields that say nothing of the mail */
static void
read_connect(slice head, struct ev_proxy *p)
{
	slice rest = slice_drop(head, tunnel.n);

	p->by = "CONNECT";
	p->target = word(&rest);
}

/* An empty line does. */
static bool
ends_head(slice bytes)
{
	slice above = slice_chomp(bytes);

	return bytes.n > 0 && bytes.p[bytes.n - 1] == '\n' && above.n > 0 && above.p[above.n - 1] == '\n';
}

/* The whole length of the header, or 0 as long as that is not known; `none_r`: it is no header. */
static uint64_t
header_length(slice bytes, bool *none_r)
{
	size_t lf;

	*none_r = false;
	if (agrees(bytes, v1)) {
		if (slice_find(bytes, '\n', &lf))
			return lf + 1;
		*none_r = bytes.n > V1_LONGEST;
		return 0;
	}
	if (agrees(bytes, tunnel)) {
		*none_r = bytes.n == LIMIT_PROXY_HEADER;
		return ends_head(bytes) ? bytes.n : 0;
	}
	*none_r = !agrees(bytes, v2);
	return *none_r || bytes.n < V2_HEADER ? 0 : V2_HEADER + (uint64_t)get_be16(bytes.p + V2_HEADER - 2);
}

static void
end_header(struct session *s, uint64_t length)
{
	struct ev_proxy proxy = { .by = "PROXY" };
	slice bytes = buf_slice(&s->proxy->bytes);

	if (agrees(bytes, v1))
		read_v1(bytes, &proxy);
	else if (agrees(bytes, tunnel))
		read_connect(bytes, &proxy);
	else
		read_v2(bytes, &proxy);
	say_proxy(s, &proxy, s->proxy->offset, length);
	s->tunnelled = proxy.target.n > 0;
	s->begin = s->proxy->offset + length;
	s->proxy_checked = true;
}

/* It was none after all: what was held is the client's own. */
static void
give_back(struct session *s)
{
	struct proxy p = *s->proxy;
	slice bytes = buf_slice(&p.bytes);

	s->proxy_checked = true;
	free(s->proxy);
	s->proxy = NULL;
	for (size_t n = 1; bytes.n > 0 && n > 0; bytes = slice_drop(bytes, n)) {
		n = reading_feed(&s->now, bytes, p.offset);
		p.offset += n;
	}
	buf_fini(&p.bytes);
}

static void
proxy_begin(struct session *s, uint64_t offset)
{
	s->proxy = xcalloc(1, sizeof *s->proxy);
	buf_init(&s->proxy->bytes, LIMIT_PROXY_HEADER);
	s->proxy->offset = offset;
}

size_t
proxy_feed(struct session *s, slice in, uint64_t offset)
{
	slice first = slice_take(in, 1);
	bool none = !agrees(first, v1) && !agrees(first, v2) && (s->greeted || !agrees(first, tunnel));
	uint64_t length = 0;
	size_t n = 0;

	if (s->proxy == NULL && none) {
		s->proxy_checked = true;
		return 0;
	}
	if (s->proxy == NULL)
		proxy_begin(s, offset);
	none = false;
	while (n < in.n && !none) {
		uint64_t have = offset + n + 1 - s->proxy->offset;

		buf_add(&s->proxy->bytes, slice_take(slice_drop(in, n++), 1));
		length = header_length(buf_slice(&s->proxy->bytes), &none);
		if (length > 0 && have >= length) {
			end_header(s, length);
			return n;
		}
	}
	if (none)
		give_back(s);
	return n;
}

void
proxy_break(struct session *s)
{
	if (!s->proxy_checked && s->proxy != NULL)
		give_back(s);
	s->proxy_checked = true;
}

void
proxy_fini(struct session *s)
{
	if (s->proxy == NULL)
		return;
	buf_fini(&s->proxy->bytes);
	free(s->proxy);
	s->proxy = NULL;
}

/*
 * The server's own bytes begin behind the head that answers CONNECT: an empty line. What does
 * not begin like one has come from a server that was spoken to directly.
 */
size_t
proxy_answer(struct session *s, slice in, uint64_t offset)
{
	size_t n = 0;

	while (n < in.n && s->tunnelled) {
		uint64_t at = offset + n;
		uint8_t c = in.p[n];

		if (at < tunnel_answer.n && c != tunnel_answer.p[at]) {
			s->tunnelled = false;
			break;
		}
		n++;
		if (c == '\n' && s->tunnel_line == 0)
			s->tunnelled = false;
		if (c == '\n')
			s->tunnel_line = 0;
		else if (c != '\r')
			s->tunnel_line++;
	}
	return n;
}

/* "XCLIENT NAME=host ADDR=192.0.2.1 PORT=1234"; IPv6 addresses have a prefix. */
void
proxy_xclient(struct session *s, const struct command *c, uint64_t offset, uint64_t length)
{
	struct ev_proxy proxy = { .by = "XCLIENT" };
	slice value;

	if (command_parameter(c, S("ADDR"), &value)) {
		if (slice_istarts(value, S("IPV6:")))
			value = slice_drop(value, 5);
		addr_parse(value, &proxy.client.addr);
	}
	if (command_parameter(c, S("PORT"), &value))
		proxy.client.port = port_of(value);
	if (command_parameter(c, S("NAME"), &value))
		proxy.name = value;
	say_proxy(s, &proxy, offset, length);
}
