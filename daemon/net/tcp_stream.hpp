// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// ByteStream over a TCP socket.
#pragma once

#include "daemon/net/byte_stream.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace authzd {

/// `peer` is the peer's name in errors: "iam.cloud.ibm.com:443".
std::unique_ptr<ByteStream> make_tcp_stream(boost::asio::ip::tcp::socket socket, std::string peer);

/// For both kinds of streams.
void reset_socket(boost::asio::ip::tcp::socket& socket);
bool is_socket_quiet(boost::asio::ip::tcp::socket& socket);

/// `doing` and `peer` make the message: "reading from iam.cloud.ibm.com:443: connection reset by
/// peer".
Error stream_error(const boost::system::error_code& ec,
                   std::string_view doing,
                   std::string_view peer);

}  // namespace authzd
