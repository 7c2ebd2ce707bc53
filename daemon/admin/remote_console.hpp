// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The console of a command whose person is at the other end of the admin socket.
#pragma once

#include "daemon/admin/console.hpp"
#include "daemon/admin/messages.hpp"
#include "daemon/admin/outbox.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace authzd {

class RemoteConsole final : public Console {
 public:
  /// `outbox` must outlive this. `patience`: how long a person may think.
  RemoteConsole(const boost::asio::any_io_executor& executor,
                Outbox& outbox,
                const AdminCall& call,
                std::chrono::milliseconds patience);
  ~RemoteConsole() override;

  Async<bool> ask(std::string question) override;
  Async<void> write_file(std::string path, std::string text) override;

  /// What the client replied. False where nothing was asked of it.
  bool take(ClientReply reply);

 private:
  struct Streams;

  RemoteConsole(const boost::asio::any_io_executor& executor,
                Outbox& outbox,
                const AdminCall& call,
                std::chrono::milliseconds patience,
                std::unique_ptr<Streams> streams);

  Async<ClientReply> reply();

  std::unique_ptr<Streams> streams_;
  Outbox& outbox_;
  boost::asio::steady_timer replied_;
  std::chrono::milliseconds patience_;
  bool is_waiting_ = false;
  std::optional<ClientReply> reply_;
};

}  // namespace authzd
