/*
 * limits.h - every bound of the program, in one place.
 *
 * Content is never limited: it streams. Everything else is, and hitting a
 * bound is visible: a counter, a finding, or `truncated` on what was kept.
 * Sizes are bytes, times are nanoseconds, unless a name says otherwise.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include "nstime.h"

#define KiB ((size_t)1024)
#define MiB (1024 * KiB)

/* files */
#define LIMIT_TEMPORARIES	1048576		/* files that are being written beside their place, at a time */

/* capture */
#define LIMIT_READ_BLOCK	(1 * MiB)	/* one read() of a file */
#define LIMIT_RECALL		(8 * MiB)	/* frames that can still be looked at, to compare retransmissions */
#define LIMIT_RECORD		(256 * KiB)	/* largest believable packet record */
#define LIMIT_BLOCK		(16 * MiB)	/* largest believable pcapng block */
#define LIMIT_INTERFACES	65536		/* of one pcapng section */
#define LIMIT_SECRETS		(1 * MiB)	/* TLS keys kept from pcapng blocks */
#define LIMIT_INFLATE_RATIO	2000		/* compressed input that grows more, and beyond LIMIT_INFLATE_FREE, is a bomb */
#define LIMIT_INFLATE_FREE	(64 * MiB)
#define LIMIT_DAMAGES		16		/* findings about one damaged file */
#define LIMIT_OPEN_CAPTURES	256		/* capture files read at once, because they overlap in time */
#define LIMIT_COMPLAINTS	(64 * KiB)	/* about inputs that cannot be opened, as findings; all are said on stderr */
#define LIMIT_BPF_TEXT		(64 * KiB)	/* a capture filter */
#define LIMIT_LINKTYPES		64		/* link types told apart in one run */
#define LIMIT_LIVE_BUFFER	(16 * MiB)	/* default of -B: of the kernel's ring of one interface */
#define LIMIT_LIVE_BUFFER_MOST	(2047 * MiB)	/* libpcap takes an int */
#define LIMIT_LIVE_RETIRE	(20 * NSTIME_MS)	/* the kernel hands a block of packets over that is not full after this time, or twice */
#define LIMIT_LIVE_LATE		(100 * NSTIME_MS) /* after which no packet of an interface comes any more: beyond LIVE_RETIRE, twice */
#define LIMIT_LIVE_SILENCE	(50 * NSTIME_MS)	/* without a packet, before it is said that there is none */
#define LIMIT_LIVE_QUEUE	4096		/* packets of one interface out of the ring, until those of the others are there … */
#define LIMIT_LIVE_QUEUE_BYTES	(4 * MiB)	/* … and their bytes */
#define LIMIT_LIVE_LOOK		(100 * NSTIME_MS) /* between two looks whether an interface is there again */
#define LIMIT_LIVE_SURE		NSTIME_S	/* the same, without a reason; between two readings of its own counters */
#define LIMIT_LIVE_COUNT	(20 * NSTIME_MS) /* between two readings of the kernel's counters */
#define LIMIT_LIVE_NAMED	16		/* interfaces named where one was not found */
#define LIMIT_PORT_FILTER	4096		/* instructions of a BPF program: as many as Linux takes */
#define LIMIT_STATS_INTERVAL	(60 * NSTIME_S)	/* default of --stats-interval, live */
#define LIMIT_DROP_RISES	600		/* stretches of time in which packets were dropped, known apart */
#define LIMIT_DROP_RISE		(1 * NSTIME_S)	/* the least that one lasts, if the counter goes on rising */
#define LIMIT_DROP_TOLD		(10 * NSTIME_S)	/* of drops without an end, told at once */
#define LIMIT_DESCRIPTORS	1024		/* looked at one by one, where /proc does not list them */
#define LIMIT_RING_FILES	100000		/* kept of -b */
#define LIMIT_ASIDE		(32 * MiB)	/* -w with -Y: packets whose connection is not recognised yet; the oldest go */

/* decode */
#define LIMIT_PACKET		(512 * KiB)	/* an IP packet whose header leaves the length open (TSO, jumbograms) */
#define LIMIT_TUNNELS		4		/* encapsulations opened, one in the other */
#define LIMIT_VLAN_TAGS		8
#define LIMIT_MPLS_LABELS	16
#define LIMIT_EXTENSIONS	16		/* IPv6 extension headers */
#define LIMIT_DATAGRAMS		1024		/* IP datagrams being put together */
#define LIMIT_FRAGMENTS		64		/* pieces of one datagram */
#define LIMIT_FRAGMENT_TIME	(30 * NSTIME_S)	/* IPv4, as in Linux */
#define LIMIT_FRAGMENT_TIME6	(60 * NSTIME_S)	/* IPv6 (RFC 8200 4.5) */
#define LIMIT_FRAGMENT_BYTES	(16 * MiB)

/* flow */
#define LIMIT_HALF_OPEN		65536
#define LIMIT_FLOWS		131072
#define LIMIT_AHEAD_BYTES	(16 * MiB)	/* out of order, a direction */
#define LIMIT_AHEAD_SEGMENTS	16384
#define LIMIT_SYN_DATA		(16 * KiB)	/* kept of one SYN */
#define LIMIT_EARLY_PACKETS	32		/* of a connection, told when somebody wants it */
#define LIMIT_REASSEMBLY	(128 * MiB)	/* out of order, in all */
#define LIMIT_PATIENCE		(1 * NSTIME_S)	/* for a hole that the peer acknowledged */
#define LIMIT_PATIENCE_UNPROVEN	(60 * NSTIME_S)
#define LIMIT_PATIENCE_ONE_SIDED (3 * NSTIME_S)
#define LIMIT_IDLE_NEW		(10 * NSTIME_S)	/* no answer to a SYN: an attempt ends */
#define LIMIT_IDLE_ESTABLISHED	(600 * NSTIME_S)
#define LIMIT_IDLE_CLOSED	(10 * NSTIME_S)

/* dissect */
#define LIMIT_HEAD		256		/* bytes of each direction that a probe may see */
#define LIMIT_KEPT		(256 * KiB)	/* bytes of a direction that wait for the other one */
#define LIMIT_LAYERS		4
#define LIMIT_INSERTIONS	8		/* filters that one connection may bring in, one after the other (TLS that was none) */
#define LIMIT_SESSION_ARENA	(1 * MiB)	/* small things that one session's dissectors keep */

#define LIMIT_HELD_NOTES	16		/* findings about a connection whose protocol is not known yet */
#define LIMIT_DETAIL		(1 * KiB)	/* of the words of a finding that is held */
#define LIMIT_ATTEMPT_WORDS	80		/* shown of what was spoken instead of SMTP */
#define LIMIT_LONE_FINDINGS	100		/* told of each id for which there is no session; all are counted */

/* smtp */
#define LIMIT_COMMAND_LINE	(8 * KiB)	/* kept of a command line; the rest is counted */
#define LIMIT_REPLY_LINES	64		/* kept of one reply */
#define LIMIT_REPLY_LINE	(2 * KiB)	/* kept of a reply line */
#define LIMIT_PENDING		4096		/* commands that wait for their reply */
#define LIMIT_FORK_HELD		(1 * MiB)	/* events of the second reading of a smuggled message */
#define LIMIT_CAPABILITIES	128
#define LIMIT_AUTH_RESPONSE	(16 * KiB)
#define LIMIT_PARAMETERS	64		/* ESMTP parameters told of one command */
#define LIMIT_VERB		64		/* kept of the name of an unknown command */
#define LIMIT_PROXY_HEADER	536		/* looked at of a PROXY protocol header; a longer one is skipped by its length */
#define LIMIT_SILENCE		(30 * NSTIME_S)	/* one side's silence before a connection ends, to be called a time-out */

/* mime */
#define LIMIT_HEADER		(64 * KiB)	/* kept of one header field */
#define LIMIT_HEADER_NAME	1000		/* before the colon of a header field; what is longer is no header */
#define LIMIT_HEADERS		2000		/* fields of one header section that are looked at */
#define LIMIT_HEADER_BYTES	(1 * MiB)	/* of one header section */
#define LIMIT_ENCODED_WORDS	1000		/* decoded in one field */

#define LIMIT_MIME_DEPTH	64		/* parts in parts that are descended into */
#define LIMIT_MIME_PARTS	10000		/* of one message that are told apart */
#define LIMIT_BOUNDARY		512		/* of a multipart that is recognised (RFC 2046 5.1.1 allows 70) */
#define LIMIT_DELIMITER	(2 * KiB)	/* of a line that parts two parts, with the blanks behind the boundary */
#define LIMIT_PARAMS		256		/* of one Content-Type or Content-Disposition */
#define LIMIT_CONTINUATIONS	128		/* RFC 2231 pieces of one parameter */
#define LIMIT_TOKEN		255		/* kept of a type, a charset, an encoding: the longest that exist have 80 */
#define LIMIT_NAME_READ		(4 * KiB)	/* of a file name: its end tells what runs, and its length that something is wrong */
#define LIMIT_FILE_NAME	255		/* kept of a file name, decoded */
#define LIMIT_SNIFF		1024		/* first bytes of a part that tell what it is */
#define LIMIT_MEMBERS		10000		/* of one archive, listed */
#define LIMIT_ARCHIVE_DEPTH	4		/* archives in archives that are looked into */
#define LIMIT_ARCHIVE_RATIO	200		/* what unpacks to more, and beyond LIMIT_ARCHIVE_FREE, is a bomb */
#define LIMIT_ARCHIVE_FREE	(16 * MiB)
#define LIMIT_ARCHIVE_COUNTED	(1 * MiB)	/* unpacked for no more than to know its size */
#define LIMIT_ARCHIVE_HEADER	(4 * KiB)	/* kept of a member's header, name or extra fields, as stored */
#define LIMIT_ZIP_TAIL		(64 * KiB)	/* kept of a ZIP's end, where its central directory stands */
#define LIMIT_ISO_FOLDERS	256		/* of a CD image, known of and not yet come by */
#define LIMIT_SHORTCUT		(64 * KiB)	/* a Windows shortcut that is read */
#define LIMIT_LIBMAGIC		(64 * KiB)	/* of a part, shown to libmagic */
#define LIMIT_REPORT		(4 * MiB)	/* unpacked report that is read */
#define LIMIT_FACTS		1000		/* told of one part */
#define LIMIT_FACT		(4 * KiB)	/* kept of one's value */
#define LIMIT_TREE_DEPTH	32		/* elements in elements of a report that is XML or JSON */
#define LIMIT_TREE_NAME		64		/* kept of an element's name */
#define LIMIT_CMS		(256 * KiB)	/* certificates, signers and recipients of one S/MIME object that are looked at */
#define LIMIT_BER_DEPTH		32		/* elements in elements of S/MIME that are entered */
#define LIMIT_PGP_BODY		(8 * KiB)	/* looked at of one packet of OpenPGP */
#define LIMIT_RTF_DEPTH		64		/* groups in groups of RTF that are told apart */
#define LIMIT_TNEF_HELD		(1 * MiB)	/* of an attachment in winmail.dat, until its name comes behind it */
#define LIMIT_URL		(2 * KiB)	/* kept of one */
#define LIMIT_URL_SHOWN	100		/* of one in the text made of an HTML part */
#define LIMIT_URLS		1000		/* kept of one message */
#define LIMIT_URLS_TOLD	50000		/* ... as they come, the same ones too */
#define LIMIT_LINK_TEXT	256		/* kept of what a link shows */
#define LIMIT_HTML_DEPTH	256		/* open elements whose look is known; what lies deeper looks as they do */
#define LIMIT_QP_BLANKS	100		/* at the end of a quoted-printable line that are taken for padding; more are text, and stay */
#define LIMIT_HOPS		100		/* Received fields looked at */

/* record */
#define LIMIT_RECIPIENTS	10000		/* kept in detail for one message; all are counted */
#define LIMIT_TRANSACTIONS	100000		/* of one session, told in detail */
#define LIMIT_ADDRESSES	2000		/* of one address field */
#define LIMIT_REFERENCES	1000		/* of one References field */
#define LIMIT_FINDINGS		256		/* kept for one record; all are counted */
#define LIMIT_AUTHS		64		/* AUTH attempts kept for one session */
#define LIMIT_ATTEMPTS		65536		/* distinct connection attempts kept */
#define LIMIT_ATTEMPT_QUIET	(30 * NSTIME_S)	/* live, an attempt that was not made again for so long is told */
#define LIMIT_ATTEMPT_AGE	(300 * NSTIME_S)	/* ... and one that is made again and again */
#define LIMIT_ATTEMPTS_SEEN	4096		/* looked at each second, whether they are over */
#define LIMIT_ATTEMPT_DETAIL	120		/* words kept of one */
#define LIMIT_LATE_FINDINGS	1024		/* closed sessions that a late finding can still name */
#define LIMIT_RECORD_ARENA	(16 * MiB)	/* one session's or message's record */
#define LIMIT_ROWS		100000		/* transcript rows kept for one session */
#define LIMIT_ROWS_TEXT		(16 * MiB)	/* their text, and a printed transcript of one session */
#define LIMIT_ROW_PARTS		1000		/* parts of one message in a transcript; all are counted */
#define LIMIT_ROW_MESSAGE	(1 * MiB)	/* what is kept of them until the message ends */
#define LIMIT_ROW_TEXT		(64 * KiB)	/* of one message's text parts in a transcript (-v) */
#define LIMIT_ROW_DETAIL	(4 * KiB)	/* of one header field in a transcript */
#define LIMIT_JSON_RECORD	(64 * KiB)	/* default of --json-max */

/* analysis */
#define LIMIT_SERVERS		4096		/* whose habits are known */
#define LIMIT_SERVERS_TRIED	64		/* places looked at to make room for another */

/* filter */
#define LIMIT_FILTER		(64 * KiB)	/* the text of one */
#define LIMIT_FILTER_DEPTH	64		/* parentheses and negations, one in the other */
#define LIMIT_FILTER_ALTERNATIVES 1024	/* made of one, where && is distributed over || */
#define LIMIT_FILTER_MEMORY	(256 * MiB)	/* of one, with the values of its files */
#define LIMIT_MATCH_STEPS	1000000		/* of one pattern against one text */
#define LIMIT_MATCH_DEPTH	10000
#define LIMIT_MATCH_HEAP	(8 * MiB)
#define LIMIT_EXCHANGES		100000		/* commands with their replies, kept of one record for the filter */

/* sink */
#define LIMIT_SPOOL		(1024 * MiB)	/* default of --spool-max: of lines that wait for a verdict */
#define LIMIT_OUTPUT_BUFFER	(64 * KiB)	/* written at once */
#define LIMIT_FOLDER_OPEN	64		/* files of one directory that have a descriptor and a buffer */
#define LIMIT_FILE_GAPS		64		/* gaps told for one file of a message */
#define LIMIT_REFUSALS		1024		/* kinds of refusals told apart in the summary */

/* model: what the screen remembers */
#define LIMIT_VAULT		(4096 * MiB)	/* default of --spool-max for the screen: what is remembered of sessions */
#define LIMIT_VAULT_CHUNK	(256 * KiB)	/* of a ring, written at once */
#define LIMIT_MODEL_FINDINGS	262144		/* listed; all are counted */
#define LIMIT_CONSTANTS		1024		/* words of the program's own that records hold, told apart */
#define LIMIT_TALE_PIECE	(64 * KiB)	/* events of one session, before they are put away */
#define LIMIT_NEWS		8192		/* in one batch */
#define LIMIT_BATCHES		16		/* on their way from the reading thread to the screen */
#define LIMIT_BATCHES_LIVE	64		/* … live, where reading should not wait */
#define LIMIT_PAUSED		4096		/* of them, kept while the screen stands still live: some minutes; */
#define LIMIT_PAUSED_NEWS	131072		/* … with so many news: then it goes on by itself */
#define LIMIT_FIGURES_RATES	256		/* places of the rate over time; their width doubles */
#define LIMIT_FIGURES_TOP	100		/* names shown of each list */
#define LIMIT_FIGURES_NAME	128		/* bytes of one, with the NUL */
#define LIMIT_FIGURES_NAMES	4096		/* of hosts, senders, recipients that are counted, each */
#define LIMIT_DOSSIER_EDGES	262144		/* places where segments began in the lines of one session */
#define LIMIT_RUNGS		200000		/* arrows of one session's ladder */
#define LIMIT_RUNGS_ASIDE	256		/* packets that wait for their arrow; the oldest goes to the one that is there */
#define LIMIT_RUNGS_UNTOLD	64		/* findings that wait for the arrow that they speak of; further ones stand where they arose */
#define LIMIT_PATH		64		/* acknowledgements, and copies, of each direction that prove who was waited for */
#define LIMIT_RUNG_PACKETS	256		/* shown under one of them */
#define LIMIT_TABLE		(256 * MiB)	/* of a list that is saved as a table */
#define LIMIT_SORT_TEXT		64		/* of a text that a list is sorted by */
#define LIMIT_LADDER_PACKETS	262144		/* kept of one ladder */
#define LIMIT_CONTENT_SHOWN	(4 * MiB)	/* of one part, on the screen */
#define LIMIT_CONTENT_GAPS	1024		/* in it that are told apart */

/* tui */
#define LIMIT_CANVAS		1024		/* columns, and rows, of the screen */
#define LIMIT_PROMPT		(4 * KiB)	/* typed into one line */
#define LIMIT_CANDIDATES	200		/* completions of one word */
#define LIMIT_CELL_VALUES	100		/* of one field in a cell of a list */
#define LIMIT_SCREEN_STDERR	(16 * KiB)	/* said on stderr while the screen is up, and told behind it */
#define LIMIT_HISTORY		200		/* lines remembered of each prompt */
#define LIMIT_CONFIG		(64 * KiB)	/* of a file of preferences that is read */

/* the budget, default of --mem; shares in DESIGN order: flows, reassembly, records, fragments, rest */
#define LIMIT_MEMORY		(512 * MiB)

#endif
