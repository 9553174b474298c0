/*
 * reading.c - how packets are understood, and with which rights: ports, decoding,
 * overlaps, budgets, sandbox.
 */
#include <string.h>

#include "base/libmagic.h"
#include "base/limits.h"
#include "dissect/dissector.h"
#include "parse.h"
#include "values.h"

int
take_ports(struct parse *p, const char *list)
{
	struct options *o = p->o;
	slice rest = slice_of(list), one;
	bool more;

	o->any_port = strcmp(list, "any") == 0;		/* offline every port is looked at anyway */
	if (o->any_port)
		return -1;
	o->nport = 0;
	do {
		uint64_t port;

		more = slice_cut(rest, ',', &one, &rest);
		if (!slice_number(one, &port) || port > UINT16_MAX || o->nport == OPTIONS_LIST)
			return usage("--ports takes port numbers with commas between them, or any: %s", list);
		o->port[o->nport++] = (uint16_t)port;
	} while (more);
	return -1;
}

static const char *
dissector_name(const char *name)
{
	for (const struct dissector *const *d = dissectors; *d != NULL; d++)
		if ((*d)->rank >= 0 && strcmp((*d)->name, name) == 0)
			return (*d)->name;
	return NULL;
}

int
take_decode_as(struct parse *p, const char *text)
{
	static const char lead[] = "tcp.port==";
	slice port, protocol;
	const char *name;
	uint64_t n;

	if (strncmp(text, lead, sizeof lead - 1) != 0)
		return usage("-d takes tcp.port==N,PROTOCOL: %s", text);
	if (!slice_cut(slice_of(text + sizeof lead - 1), ',', &port, &protocol) || !slice_number(port, &n) || n > UINT16_MAX)
		return usage("-d takes tcp.port==N,PROTOCOL: %s", text);
	name = dissector_name((const char *)protocol.p);
	if (name == NULL)
		return usage("-d: no protocol of that name: %s", (const char *)protocol.p);
	if (p->o->nas == OPTIONS_LIST)
		return usage("too many -d");
	p->o->as[p->o->nas++] = (struct engine_as){ (uint16_t)n, name };
	return -1;
}

int
take_overlap(struct parse *p, const char *text)
{
	for (enum overlap v = OVERLAP_LINUX; v <= OVERLAP_SOLARIS; v++)
		if (strcmp(text, overlap_name(v)) == 0) {
			p->o->overlap = v;
			return -1;
		}
	return usage("--overlap takes linux, first, last, bsd or solaris: %s", text);
}

int
take_checksums(struct parse *p, const char *text)
{
	static const char *const names[] = { "auto", "all", "none", NULL };
	int i;

	if (!value_choice(text, names, &i))
		return usage("-k takes auto, all or none: %s", text);
	p->o->checksums = (enum checksum_mode)i;
	return -1;
}

int
take_memory(struct parse *p, const char *text)
{
	if (!value_size(text, &p->o->memory) || p->o->memory < MiB)
		return usage("--mem takes a size of at least 1M: %s", text);
	return -1;
}

int
take_slow(struct parse *p, const char *text)
{
	if (!value_seconds(text, &p->o->analysis.slow) || p->o->analysis.slow == 0)
		return usage("--slow takes seconds: %s", text);
	return -1;
}

int
take_magic(struct parse *p, const char *arg)
{
	struct buf error;
	int status = -1;

	(void)p, (void)arg;
	buf_init(&error, 4 * KiB);
	if (!libmagic_open(&error))
		status = usage("--magic: %.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return status;
}

static int
set_sandbox(struct parse *p, enum sandbox sandbox)
{
	enum sandbox *now = &p->o->privilege.sandbox;

	if (*now != SANDBOX_AUTO && *now != sandbox)
		return usage("--no-sandbox and --require-sandbox: one or the other");
	*now = sandbox;
	return -1;
}

int
take_require_sandbox(struct parse *p, const char *arg)
{
	(void)arg;
	return set_sandbox(p, SANDBOX_REQUIRED);
}

int
take_no_sandbox(struct parse *p, const char *arg)
{
	(void)arg;
	return set_sandbox(p, SANDBOX_OFF);
}

/* What others need an option for, and we do anyway. */
int
take_no_effect(struct parse *p, const char *arg)
{
	(void)p, (void)arg;
	return -1;
}
