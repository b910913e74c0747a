// The signals that ask a program to end: SIGINT, SIGTERM and SIGHUP (a closed terminal). One
// thread.
#pragma once

#include <boost/asio/signal_set.hpp>

#include "io/base/awaitable.hpp"

namespace retort::io {

using signal_set = boost::asio::basic_signal_set<executor>;

// SIGHUP not where it is ignored, as nohup leaves it to us.
void add_ending_signals(signal_set& to);
// The next one ends the program as it ends any; but no SIGHUP, which comes from the terminal and
// from its shell: it is ignored from now on, also behind the set, while results are written.
void let_next_signal_end(signal_set& of);

const char* name_of_signal(int number);

}  // namespace retort::io
