/*
 * talk.h - a conversation written as text, and the packets that it makes.
 *
 *	script_read()		text          -> conversation (script.c, payload.c)
 *	session_…()		conversation  -> packets, as two honest TCPs would send them (session.c)
 *	edit_…()		packets       -> what went wrong on the way or in the capture (edit.c)
 *	twist_…()		packets       -> another capture of the same conversation (twist.c)
 *	wire_frames()		a packet      -> bytes (wire.c)
 *	save_file()		a talk        -> pcap or pcapng (save.c)
 *
 * Nothing here is random or reads a clock: the same text gives the same file.
 * tests/README.md is the manual of the language.
 */
#ifndef TALK_H
#define TALK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/net.h"
#include "decode/decode.h"		/* TCP_… flags, NO_WSCALE */

enum link { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_PPP = 9, LINK_RAW = 101, LINK_LOOP = 108, LINK_SLL = 113, LINK_SLL2 = 276 };
enum tunnel { TUNNEL_IPIP, TUNNEL_GRE, TUNNEL_VXLAN };
enum { SESSION_VLANS = 4, SESSION_TUNNELS = 8, PIECES = 80 };

/* What one end of a connection says of itself; arrays of these are indexed by enum dir. */
struct side {
	struct endpoint at;
	uint32_t isn;
	uint16_t window;
	uint8_t ttl;
	uint8_t wscale;			/* or NO_WSCALE */
	bool offload;			/* leaves TCP checksums to its card */
	/* where it stands; sequence numbers are relative: 0 is the first byte behind the SYN */
	uint32_t next;			/* to be sent */
	uint32_t acked;			/* of the peer's */
	unsigned segments;		/* data segments sent */
	uint16_t ip_id;
	bool spoke, fin;
};

struct session {
	slice name;
	struct side side[2];
	enum link link;
	uint16_t vlan[SESSION_VLANS];
	unsigned nvlan;
	enum tunnel tunnel[SESSION_TUNNELS];	/* the outermost first */
	unsigned ntunnel;
	uint16_t mss;
	nstime rtt;
	bool timestamps, no_acks, no_syn, no_fin;
	bool one_sided;
	enum dir captured;		/* … of this side */
	bool pad;			/* Ethernet frames have 60 bytes at least */
	bool open, over;		/* its first packet was sent; its last */
	bool cross;			/* the next segment does not acknowledge what it crosses */
	struct buf speech;		/* said, and not sent yet */
	enum dir saying;		/* … by whom */
	enum dir speaker;		/* who sent the last segment */
	nstime spoken;			/* when */
};

enum packet_kind { PACKET_TCP, PACKET_ICMP, PACKET_FRAME };

/* A piece of an IP datagram: [offset, offset + length) of its payload; `other` bytes are not those of the datagram. */
struct piece { uint32_t offset, length; bool other, more; };

struct packet {
	enum packet_kind kind;
	size_t session;
	enum dir dir;
	nstime time;
	unsigned era;			/* counts the times that the clock was set back */
	uint32_t seq, ack;		/* as on the wire */
	uint8_t flags, ttl;
	uint16_t window, urgent, ip_id;
	uint32_t tsval, tsecr;
	slice payload;			/* FRAME: the whole frame */
	unsigned ordinal;		/* the how-manieth data segment of its direction, from 1; 0: it holds none */
	bool raw;			/* made by hand: never cut */
	bool taken;			/* … and the conversation goes on behind it */
	bool lost;			/* sent, not captured */
	bool corrupt, corrupt_ip;	/* wrong checksum */
	uint8_t icmp_type, icmp_code;
	uint16_t mtu;
	const struct packet *about;	/* ICMP: the packet it complains of */
	uint64_t dropped;		/* packets that the capture dropped before it */
	const struct piece *piece;	/* the IP datagram travels in these fragments; or NULL */
	unsigned npiece;
};

struct talk {
	struct arena *arena;		/* payloads, names, packets complained of */
	struct session *session;
	size_t nsession, now;		/* now: index of the session that is spoken in */
	struct session model;		/* settings that the next session begins with */
	struct packet *packet;
	size_t npacket, packet_room;
	nstime clock, wait;		/* of the last segment; before the next one, or NSTIME_NONE */
	bool paused;			/* the clock was set: the next segment leaves exactly then */
	unsigned era;
	uint64_t dropped;		/* before the next packet */
	uint32_t snaplen;
	bool nanoseconds, pcapng;
	struct buf keylog;
	/* what happens to the finished file */
	bool gzip;
	size_t chop;
	struct buf patch;		/* struct patch, one behind the other */
};

struct patch { uint64_t offset; size_t n; uint8_t byte[64]; };

void talk_init(struct talk *);
void talk_fini(struct talk *);
slice talk_keep(struct talk *, slice);
struct packet *talk_packet(struct talk *, const struct packet *);	/* a copy, at the end */

/* Reads and plays the whole script. False: said on stderr, with file and line. */
bool script_read(struct talk *, const char *file, slice text);

/* payload.c: ": text", "| text", "hex …", "base64 …", "file …", "repeat N…"; `count` is what \i stands for. NULL or what is wrong. */
const char *payload_read(slice form, const char *beside, unsigned count, struct buf *payload_r);
const char *payload_text(slice text, unsigned count, struct buf *payload_r);	/* escapes undone, nothing added */
bool payload_is_block(slice form, slice *head_r);			/* ends in "{": lines up to "}" follow */

/* session.c */
struct session *session_begin(struct talk *, slice name);	/* the one of that name, or a new one */
struct session *session_now(struct talk *);			/* begins the first one when there is none */
void session_say(struct talk *, enum dir, slice bytes);
void session_flush(struct talk *);
void session_flags(struct talk *, enum dir, uint8_t flags);	/* a bare SYN, ACK, FIN, RST */
void session_raw(struct talk *, const struct packet *);		/* seq and ack relative */
void session_frame(struct talk *, slice frame);			/* any bytes at all */
const char *session_icmp(struct talk *, enum dir, uint8_t type, uint8_t code, uint16_t mtu);	/* about the last packet of dir */
void session_end(struct talk *, struct session *);		/* FINs for the sides that sent none */
nstime session_tick(struct talk *, enum dir);			/* the time of the next segment of this side */

/*
 * edit.c: what happened to data segments first … last of the direction (flag: to those without data; all: to packets
 * first … last of the talk, whatever they are). Number of packets touched.
 */
struct range { enum dir dir; unsigned first, last; uint8_t flag; bool all; };
size_t edit_lose(struct talk *, struct range);
size_t edit_corrupt(struct talk *, struct range, bool ip);
size_t edit_late(struct talk *, struct range, nstime by);
size_t edit_repeat(struct talk *, struct range, nstime after);
size_t edit_fragment(struct talk *, struct range, const struct piece *, unsigned npiece);
void   edit_finish(struct talk *);				/* one-sided sessions; into the order of time */

/* twist.c: law 3 says that these change nothing but packet numbers and times */
void twist_cut(struct talk *, size_t bytes, uint64_t seed);	/* bytes 0: at random */
void twist_shuffle(struct talk *, uint64_t seed);
void twist_duplicate(struct talk *, uint64_t seed);

/* wire.c: calls `frame` once for each frame that the packet becomes */
void wire_frames(const struct talk *, const struct packet *, void (*frame)(void *, slice), void *self);

/* save.c: the suffix of the name decides the format. False: said on stderr. */
bool save_file(const struct talk *, const char *path);

#endif
