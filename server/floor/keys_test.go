package floor

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"sync"

	"agentdesk/server/identity/keyring"
)

// testKeys seals with a key made from the customer's name; a customer in bad cannot be sealed.
type testKeys struct {
	mu      sync.Mutex
	bad     string
	ensured map[string]bool
}

func (k *testKeys) aead(customer string) cipher.AEAD {
	key := sha256.Sum256([]byte(customer))
	c, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCM(c)
	if err != nil {
		panic(err)
	}
	return a
}

func (k *testKeys) EnsureKeys(_ context.Context, customers []string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ensured == nil {
		k.ensured = map[string]bool{}
	}
	for _, c := range customers {
		k.ensured[c] = true
	}
	return nil
}

func (k *testKeys) Seal(customer string, plain, aad []byte) ([]byte, error) {
	k.mu.Lock()
	ok, bad := k.ensured[customer], k.bad == customer
	k.mu.Unlock()
	if bad || !ok {
		return nil, fmt.Errorf("no key for %s (bad %v)", customer, bad)
	}
	a := k.aead(customer)
	nonce := make([]byte, a.NonceSize())
	_, _ = rand.Read(nonce)
	return a.Seal(nonce, nonce, plain, aad), nil
}

func (k *testKeys) Unseal(customer string, sealed, aad []byte) ([]byte, error) {
	a := k.aead(customer)
	if len(sealed) < a.NonceSize() {
		return nil, keyring.ErrTampered
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], aad)
	if err != nil {
		return nil, keyring.ErrTampered
	}
	return plain, nil
}
