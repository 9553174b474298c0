/*
 * interface.c - an interface is opened, and what the kernel's ring holds is
 * copied into a queue.
 *
 * libpcap makes a TPACKET_V3 ring unless it is told that packets are wanted at
 * once ("immediate mode"). The time-out is the kernel's: after it, or twice,
 * it hands over a block that is not full. Nothing waits here: without packets
 * pcap_dispatch() comes back at once.
 */
#include "interface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/bpf_words.h"
#include "filter.h"

enum { LINKTYPE_RAW = 101, ONE_QUEUE = 256 };

/* Filter. */

static bool
install(struct interface *i, struct bpf_program *program, int *exit_r)
{
	if (pcap_setfilter(i->pcap, program) == 0) {
		loopback_once(i);
		return true;
	}
	warn("%s: the capture filter cannot be set: %s", i->name, pcap_geterr(i->pcap));
	*exit_r = 1;
	return false;
}

/* The user's own, compiled for this interface. That names are not resolved was said when the command line was read. */
static bool
set_user_filter(struct interface *i, const char *filter, int *exit_r)
{
	struct bpf_program program;
	struct buf text;
	bool good;

	*exit_r = 2;
	buf_init(&text, LIMIT_BPF_TEXT);
	good = bpf_words(slice_of(filter), &text, NULL) && buf_add_byte(&text, '\0');
	if (!good)
		warn("capture filter: names are not resolved: give numbers and addresses");
	else if (!(good = pcap_compile(i->pcap, &program, (const char *)text.p, 1, PCAP_NETMASK_UNKNOWN) == 0))
		warn("capture filter: not for %s: %s", i->name, pcap_geterr(i->pcap));
	else {
		good = install(i, &program, exit_r);
		pcap_freecode(&program);
	}
	buf_fini(&text);
	return good;
}

static bool
set_port_filter(struct interface *i, const struct live_options *o, int *exit_r)
{
	struct port_filter *made = xcalloc(1, sizeof *made);
	size_t nport = o->any_port ? 0 : o->nport;
	struct bpf_program program;
	bool good = true;

	if (port_filter_make(made, i->linktype, o->port, nport, (uint32_t)pcap_snapshot(i->pcap))) {
		program = (struct bpf_program){ .bf_len = made->n, .bf_insns = made->insn };
		good = install(i, &program, exit_r);
	}
	free(made);
	return good;
}

/* Opening. */

static void
set_up(struct interface *i, const struct live_options *o)
{
	size_t buffer = o->buffer > 0 ? o->buffer : LIMIT_LIVE_BUFFER;

	pcap_set_snaplen(i->pcap, o->snaplen > 0 && o->snaplen < LIMIT_RECORD ? (int)o->snaplen : (int)LIMIT_RECORD);
	pcap_set_promisc(i->pcap, o->promiscuous);
	pcap_set_timeout(i->pcap, (int)(LIMIT_LIVE_RETIRE / NSTIME_MS));
	pcap_set_buffer_size(i->pcap, (int)(buffer < LIMIT_LIVE_BUFFER_MOST ? buffer : LIMIT_LIVE_BUFFER_MOST));
	i->nanoseconds = pcap_set_tstamp_precision(i->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
}

/* pcap-linktype(7) has numbers of its own for what systems number differently; of those that can be read it is this one. */
static int
linktype_of(int dlt)
{
	return dlt == DLT_RAW ? LINKTYPE_RAW : dlt;
}

static bool
check_linktype(struct interface *i, const struct live_options *o, int *exit_r)
{
	const char *words;
	int dlt;

	if (i->any)
		(void)pcap_set_datalink(i->pcap, DLT_LINUX_SLL2);	/* tells the interface of each packet; libpcap before 1.10: SLL */
	dlt = pcap_datalink(i->pcap);
	i->linktype = linktype_of(dlt);
	if (o->linktype_known == NULL || o->linktype_known(i->linktype))
		return true;
	words = pcap_datalink_val_to_description_or_dlt(dlt);
	warn("%s: mail is not read from its kind of frames (%s)", i->name, words);
	*exit_r = 1;
	return false;
}

/* libpcap has other things to offer: queues of netfilter, whose packets would be lost to others, buses. */
static bool
check_name(const struct interface *i, int *exit_r)
{
	if (list_is_interface(i->name))
		return true;
	*exit_r = words_refuse(i->name, PCAP_ERROR_NO_SUCH_DEVICE, "");
	return false;
}

static bool
activate(struct interface *i, const struct live_options *o, int *exit_r)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int status;

	i->pcap = pcap_create(i->name, why);
	if (i->pcap == NULL) {
		*exit_r = words_refuse(i->name, PCAP_ERROR, why);
		return false;
	}
	set_up(i, o);
	status = pcap_activate(i->pcap);
	if (status < 0) {
		*exit_r = words_refuse(i->name, status, pcap_geterr(i->pcap));
		return false;
	}
	if (status > 0 && !o->quiet && pcap_geterr(i->pcap)[0] != '\0')
		warn("%s: %s", i->name, pcap_geterr(i->pcap));
	if (pcap_setnonblock(i->pcap, 1, why) == 0)
		return true;
	*exit_r = words_refuse(i->name, PCAP_ERROR, why);
	return false;
}

bool
interface_open(struct interface *i, const struct live_options *o, const char *name, int *exit_r)
{
	snprintf(i->name, sizeof i->name, "%s", name);
	i->any = strcmp(name, "any") == 0;
	i->promiscuous = o->promiscuous && !i->any;
	i->empty = i->looked = 0;
	i->counter[0] = i->counter[1] = -1;
	if (!check_name(i, exit_r) || !activate(i, o, exit_r) || !check_linktype(i, o, exit_r))
		return false;
	i->fd = pcap_get_selectable_fd(i->pcap);
	if (o->filter != NULL ? !set_user_filter(i, o->filter, exit_r) : !set_port_filter(i, o, exit_r))
		return false;
	i->hardware = presence_hardware(i);
	i->cap = o->ninterface > 1 ? LIMIT_LIVE_QUEUE : ONE_QUEUE;
	i->queue = xcalloc(i->cap, sizeof *i->queue);
	drops_open(i);
	return true;
}

void
interface_close(struct interface *i)
{
	drops_close(i);
	if (i->pcap != NULL)
		pcap_close(i->pcap);
	free(i->queue);
}

/* Reading. */

/* Room for n bytes. *done_r: the block that was filled before, if this is a new one. */
static uint8_t *
take_room(struct interface *i, size_t n, struct block **done_r)
{
	uint8_t *room;

	if (i->block == NULL || i->block->cap - i->block->used < n) {
		*done_r = i->block;
		i->block = ring_take(i->ring, n > LIMIT_READ_BLOCK ? n : LIMIT_READ_BLOCK);
	}
	room = i->block->bytes + i->block->used;
	i->block->used += n;
	return room;
}

static nstime
time_of(const struct interface *i, const struct timeval *t)
{
	return (nstime)t->tv_sec * NSTIME_S + (nstime)t->tv_usec * (i->nanoseconds ? 1 : 1000);
}

static void
on_packet(u_char *self, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct interface *i = (struct interface *)self;
	struct waiting *w = &i->queue[(i->head + i->n) % i->cap];
	uint8_t *copy;

	w->done = NULL;
	copy = take_room(i, h->caplen, &w->done);
	memcpy(copy, bytes, h->caplen);
	w->frame = (struct frame){
		.bytes = { copy, h->caplen }, .wire = h->len, .linktype = i->linktype, .time = time_of(i, &h->ts),
		.mark = block_mark(i->block), .input = i->input, .digits = i->nanoseconds ? 9 : 6
	};
	i->n++;
	i->bytes += h->caplen;
	if (i->bytes >= LIMIT_LIVE_QUEUE_BYTES)
		pcap_breakloop(i->pcap);
}

bool
interface_is_full(const struct interface *i)
{
	return i->n == i->cap || i->bytes >= LIMIT_LIVE_QUEUE_BYTES;
}

void
interface_collect(struct interface *i, nstime now)
{
	int room = (int)(i->cap - i->n), n;

	if (interface_is_full(i))
		return;
	n = pcap_dispatch(i->pcap, room, on_packet, (u_char *)i);
	if (n < room && n != PCAP_ERROR_BREAK)
		i->empty = now;
	i->failures = n == PCAP_ERROR ? i->failures + 1 : 0;
}

void
interface_take_error(struct interface *i)
{
	int error;
	socklen_t size = sizeof error;

	(void)getsockopt(i->fd, SOL_SOCKET, SO_ERROR, &error, &size);	/* which poll() would tell again and again */
	i->troubled = true;
}

bool
interface_fails(const struct interface *i)
{
	enum { OFTEN = 10 };

	if (i->failures < OFTEN)
		return false;
	warn("%s: cannot be read: %s", i->name, pcap_geterr(i->pcap));
	return true;
}
