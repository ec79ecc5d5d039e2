/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stock-digests.h - the hotplug scripts that Xen (tools/hotplug/Linux) and Debian ship, by content.
 *
 * SHA-256 of the file without blank lines, without lines that begin with "#"
 * and without the blanks around a line, each line ended by a newline.
 */
#ifndef XVIF_STOCK_DIGESTS_H
#define XVIF_STOCK_DIGESTS_H

/* clang-format off */
#define STOCK_VIF_ROUTE \
	/* 4.17 */ \
	"b83b632391d24bfbf6eb2c45089cbb17e24412527bc0a711e73d17c678d11029", \
	/* xen.git 3683290fc0, with metrics */ \
	"05ec90b19635fa96c355f3f3cd58a694c62704c996f6588704a5142e5bae9684"

#define STOCK_VIF_BRIDGE \
	/* 4.17 */ \
	"165f82ae0c45de02c7230cc07d3695f0d240a185fdab8ace14e1d4708f6bd3c6", \
	/* before 4.17: xen.git 0a627988c1 */ \
	"b5a0f550fe4a3c696e00b4fbeee8ed84415e20cf5857efc0627752e51b4c35c9"

#define STOCK_VIF_OPENVSWITCH \
	/* 4.17 */ \
	"a9788ad4ef493cb84e35fa954485eca0b98117d32d3f51f495bae49a962a1adf"

#define STOCK_VIF_NAT \
	/* 4.17 */ \
	"d53c771f19c876bb6d8bd20b8fbd31ecb7ff39a96e284e50f54d5b4dd53965f1"

/* vif-common.sh: digest, whether it sets rules, and for the interface of an emulated card, too */
#define STOCK_VIF_COMMON \
	/* 4.17 as Debian ships it (bug 894013) */ \
	{ "a5555c080c09a17345de81a30aea5cb61f5afda2aae3b89d4d133f53caada2e5", false, false }, \
	/* 4.17 */ \
	{ "caa689e565d4ed2b7a683ee86277c869911abb575eb82e2a23afc2581b62ee59", true, true }, \
	/* xen.git d64a3a3e6a: there "add" deletes rules that nobody set */ \
	{ "500dbe9f0b6322e7b32783ceafc20a1d64d137d2d4a70f5a64462ff1841e8ece", true, false }
/* clang-format on */

#endif
