#if Hub
  import Foundation
  import Testing

  /// An authority of its own and a certificate for `localhost`, by the openssl command.
  struct TestAuthority {
    let root: String
    let certificate: String
    let key: String

    init(in folder: URL) throws {
      root = folder.appending(path: "home/root.pem").path
      certificate = folder.appending(path: "home/server.pem").path
      key = folder.appending(path: "home/server.key").path
      try FileManager.default.createDirectory(
        at: folder.appending(path: "home"), withIntermediateDirectories: true)
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.currentDirectoryURL = folder.appending(path: "home")
      process.arguments = [
        "-ec",
        """
        new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "$@"; }
        new -x509 -days 2 -subj /CN=authority -keyout root.key -out root.pem
        new -subj /CN=localhost -keyout server.key -out server.csr
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' > extensions
        openssl x509 -req -in server.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 \
        -extfile extensions -out server.pem
        """,
      ]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "openssl made no certificates")
    }
  }
#endif
