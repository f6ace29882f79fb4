;;; segments.el --- segments.toml with Eglot -*- lexical-binding: t -*-

;; Load this file, or copy it into your configuration. Eglot comes with Emacs 29.

(require 'eglot)

(add-to-list 'eglot-server-programs
             '((toml-ts-mode toml-mode conf-toml-mode) . ("cargo-segments" "lsp")))

(defun segments-start-server ()
  "Start the language server in a file of segments."
  (when (and buffer-file-name
             (string-match-p "segments\\.toml\\'" buffer-file-name))
    (eglot-ensure)))

(dolist (hook '(toml-ts-mode-hook toml-mode-hook conf-toml-mode-hook))
  (add-hook hook #'segments-start-server))

;; After a save, rust-analyzer checks the crates that include the file.
(cl-defmethod eglot-client-capabilities :around ((_server eglot-lsp-server))
  "Say that crates can be checked again."
  (append (cl-call-next-method)
          '(:experimental (:segments (:includes t)))))

(cl-defmethod eglot-handle-notification
  (_server (_method (eql segments/included)) &key files &allow-other-keys)
  "Have rust-analyzer check FILES again."
  (maphash
   (lambda (_project servers)
     (dolist (server servers)
       (when (memq 'rust-ts-mode (eglot--major-modes server))
         (mapc (lambda (file)
                 (jsonrpc-notify server 'rust-analyzer/runFlycheck
                                 (list :textDocument (list :uri file))))
               files))))
   eglot--servers-by-project))

(provide 'segments)
;;; segments.el ends here
